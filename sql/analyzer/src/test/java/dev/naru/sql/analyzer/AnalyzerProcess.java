package dev.naru.sql.analyzer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** The analyzer's real process: one that keeps another running, which serves. */
final class AnalyzerProcess implements AutoCloseable {

  private static final Duration LONG = Duration.ofMinutes(2);

  private final Process process;
  private final Path log;

  /**
   * Starts it.
   *
   * @param options of both JVMs, besides those that it needs
   */
  AnalyzerProcess(Path socket, Path log, String... options) throws IOException {
    this.log = log;
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-D%s=%s"
                    .formatted(NativeChannel.LIBRARY, System.getProperty(NativeChannel.LIBRARY))));
    command.addAll(List.of(options));
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), SqlAnalyzerProcess.class.getName()));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(log.toFile());
    builder.environment().put(SqlAnalyzerProcess.SOCKET, socket.toString());
    process = builder.start();
  }

  Process process() {
    return process;
  }

  /** The one that serves; it is another after each restart. */
  ProcessHandle serving() {
    return process.children().findFirst().orElseThrow();
  }

  void await(String what, BooleanSupplier condition) throws IOException, InterruptedException {
    var end = System.nanoTime() + LONG.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError(
            "not within %s: %s; it said: %s".formatted(LONG, what, Files.readString(log)));
      }
      Thread.sleep(20);
    }
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
