package dev.naru.sql.analyzer;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process that is started again whenever it ends, after pauses that grow while it lives for less
 * than a minute, until this one is told to stop.
 */
final class KeptRunning {

  private static final Logger log = LoggerFactory.getLogger(KeptRunning.class);

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  /** Who lived this long is not ill: the next pause is short again. */
  private static final Duration HEALTHY = Duration.ofMinutes(1);

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final List<String> command;
  private final AtomicReference<Optional<Process>> running =
      new AtomicReference<>(Optional.empty());
  private volatile boolean stopping;

  KeptRunning(List<String> command) {
    this.command = List.copyOf(command);
  }

  /** The command of this process with another argument. */
  static KeptRunning self(String argument) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            SqlAnalyzerProcess.class.getName(),
            argument));
    return new KeptRunning(command);
  }

  /** Returns when this process is told to stop. */
  void run() throws InterruptedException, IOException {
    Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "stop"));
    var pause = Duration.ZERO;
    while (!stopping) {
      var start = System.nanoTime();
      var process = new ProcessBuilder(command).inheritIO().start();
      running.set(Optional.of(process));
      if (stopping) {
        process.destroy();
      }
      var code = process.waitFor();
      if (stopping) {
        return;
      }
      var lived = Duration.ofNanos(System.nanoTime() - start);
      pause = lived.compareTo(HEALTHY) >= 0 ? Duration.ZERO : longer(pause);
      log.atWarn()
          .addKeyValue("code", code)
          .addKeyValue("lived", lived.toSeconds() + "s")
          .addKeyValue("again_in", pause.toSeconds() + "s")
          .log("the analyzer ended: it is started again");
      Thread.sleep(pause);
    }
  }

  private static Duration longer(Duration pause) {
    var next = pause.isZero() ? Duration.ofSeconds(1) : pause.multipliedBy(2);
    return next.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : next;
  }

  private void stop() {
    stopping = true;
    running
        .get()
        .ifPresent(
            process -> {
              process.destroy();
              try {
                if (!process.waitFor(PATIENCE)) {
                  process.destroyForcibly();
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                process.destroyForcibly();
              }
            });
  }
}
