package dev.naru.kubetest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Runs the scripts and tools of this repository. */
public final class Commands {

  private Commands() {}

  /** The root of the repository. */
  public static Path repository() {
    for (var folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      if (Files.exists(folder.resolve("mvnw"))) {
        return folder;
      }
    }
    throw new AssertionError("no mvnw above " + Path.of("").toAbsolutePath());
  }

  /** The absolute path of a script of the repository. */
  public static String script(String path) {
    return repository().resolve(path).toString();
  }

  /**
   * Runs a command to its end.
   *
   * @param minutes after which it is ended by force
   * @return what it printed, errors included
   * @throws AssertionError when it fails, with what it printed
   */
  public static String run(int minutes, String... command) {
    try {
      var output = Files.createTempFile("naru-", ".log");
      try {
        var process =
            new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!process.waitFor(minutes, TimeUnit.MINUTES)) {
          process.destroy();
          throw failed(command, "took more than " + minutes + " min", output);
        }
        if (process.exitValue() != 0) {
          throw failed(command, "ended with " + process.exitValue(), output);
        }
        return Files.readString(output);
      } finally {
        Files.delete(output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  private static AssertionError failed(String[] command, String how, Path output)
      throws IOException {
    return new AssertionError(
        String.join(" ", command) + " " + how + ":\n" + Files.readString(output));
  }
}
