package dev.naru.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs programs in the repository's root with the environment of {@code .local/env}. */
final class Commands {

  /** The repository. */
  static final Path ROOT =
      Path.of(System.getProperty("naru.root", "../..")).toAbsolutePath().normalize();

  /** How a program ended; the output holds both streams. */
  record Ended(List<String> command, int exitCode, String output) {

    /** The output, when the program succeeded. */
    String orFail() {
      assertThat(exitCode)
          .as("exit code of %s, which said:%n%s", String.join(" ", command), output)
          .isZero();
      return output;
    }
  }

  private Commands() {}

  /** Runs a program of the repository or of the PATH and gives its output; fails when it fails. */
  static String run(Duration deadline, String... command) {
    return ended(deadline, "", command).orFail();
  }

  /** Runs a program with a text as its input. */
  static Ended ended(Duration deadline, String input, String... command) {
    var words = new ArrayList<>(List.of(command));
    if (words.getFirst().startsWith("e2e/")) {
      words.set(0, ROOT.resolve(words.getFirst()).toString());
    }
    try {
      var process =
          new ProcessBuilder(words).directory(ROOT.toFile()).redirectErrorStream(true).start();
      // not in the common pool, whose few threads wait for long commands
      var output = CompletableFuture.supplyAsync(() -> text(process), Thread::startVirtualThread);
      try (var stream = process.getOutputStream()) {
        stream.write(input.getBytes(StandardCharsets.UTF_8));
      }
      if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        throw new AssertionError(
            "%s has not ended within %s; it said:%n%s"
                .formatted(String.join(" ", words), deadline, output.join()));
      }
      return new Ended(List.copyOf(words), process.exitValue(), output.join());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot run " + words, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while running " + words, e);
    }
  }

  private static String text(Process process) {
    try {
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
