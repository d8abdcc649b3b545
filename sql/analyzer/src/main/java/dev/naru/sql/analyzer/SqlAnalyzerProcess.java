package dev.naru.sql.analyzer;

import dev.naru.sql.RemoteSqlAnalyzer;
import dev.naru.sql.SqlAnalyzer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The analyzer's process. Without an argument it starts itself with the argument {@code serve}, and
 * again whenever that one ends: a container that ends makes its pod unready, and the operator is in
 * the same pod.
 */
public final class SqlAnalyzerProcess {

  private static final Logger log = LoggerFactory.getLogger(SqlAnalyzerProcess.class);

  /** Environment variable with the path of the socket. */
  static final String SOCKET = "NARU_SQL_SOCKET";

  private static final String SERVE = "serve";
  private static final String CHECK = "check";

  /** Nobody waits longer than five seconds; an analysis six times as long will not end. */
  private static final Duration LONGEST_ANALYSIS = Duration.ofSeconds(30);

  private static final int MISUSED = 2;
  private static final int OVERDUE = 3;
  private static final int ORPHANED = 4;
  private static final int MISTAKEN = 5;

  private SqlAnalyzerProcess() {}

  /** Runs until the process is told to stop; {@code check} analyzes one statement instead. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    var command = String.join(" ", arguments);
    if (command.equals(CHECK)) {
      System.exit(check());
    }
    var socket = System.getenv(SOCKET);
    if (socket == null || socket.isBlank()) {
      log.atError().log("configuration: {} is not set: path of the socket to serve", SOCKET);
      System.exit(MISUSED);
      return;
    }
    switch (command) {
      case "" -> KeptRunning.self(SERVE).run();
      case SERVE -> serve(Path.of(socket));
      default -> {
        log.atError().log("there is no command {}: it is {}, {} or nothing", command, SERVE, CHECK);
        System.exit(MISUSED);
      }
    }
  }

  /** Whether the library can be loaded here and answers rightly. */
  private static int check() {
    var wrong = SelfCheck.wrong(new ZetaSqlAnalyzer());
    log.atInfo().addKeyValue("answer", wrong.orElse("Known")).log("checked");
    return wrong.isEmpty() ? 0 : 1;
  }

  private static void serve(Path socket) throws IOException, InterruptedException {
    // who started it was killed: its successor starts another one
    ProcessHandle.current().parent().ifPresent(SqlAnalyzerProcess::endWith);
    var begin = System.nanoTime();
    // one that a process before left behind answers nobody
    Files.deleteIfExists(socket);
    AnalyzerServer server;
    try {
      server = open(new ZetaSqlAnalyzer(), socket);
    } catch (Mistaken e) {
      log.atError()
          .addKeyValue("answered", e.getMessage())
          .log("the analyzer answers wrongly, so it does not serve");
      Runtime.getRuntime().halt(MISTAKEN);
      return;
    }
    Runtime.getRuntime().addShutdownHook(new Thread(() -> close(server), "stop"));
    log.atInfo()
        .addKeyValue("socket", socket)
        .addKeyValue("ready_in", Duration.ofNanos(System.nanoTime() - begin))
        .log("serving");
    server.join();
  }

  /** The analyzer gives other answers than the known ones. */
  static final class Mistaken extends Exception {
    private static final long serialVersionUID = 1;

    private Mistaken(String answered) {
      super(answered);
    }
  }

  /**
   * Serves once it has been found to answer rightly: as long as there is no socket under that name,
   * nobody asks.
   */
  static AnalyzerServer open(SqlAnalyzer analyzer, Path socket) throws IOException, Mistaken {
    // the first statement loads the library and takes seconds: nobody should wait for that
    believe(analyzer);
    var unproven = socket.resolveSibling(socket.getFileName() + ".new");
    var server =
        new AnalyzerServer(
            analyzer, unproven, LONGEST_ANALYSIS, () -> Runtime.getRuntime().halt(OVERDUE));
    // through the socket, as others ask: so these classes are warm too
    try (var remote = new RemoteSqlAnalyzer(unproven, LONGEST_ANALYSIS)) {
      believe(remote);
    } catch (Mistaken e) {
      server.close();
      throw e;
    }
    server.rename(socket);
    return server;
  }

  /** Wrong answers are worse than none: whoever asks goes on without an analyzer. */
  private static void believe(SqlAnalyzer analyzer) throws Mistaken {
    var wrong = SelfCheck.wrong(analyzer);
    if (wrong.isPresent()) {
      throw new Mistaken(wrong.get());
    }
  }

  private static void endWith(ProcessHandle parent) {
    var _ = parent.onExit().thenRun(() -> Runtime.getRuntime().halt(ORPHANED));
  }

  private static void close(AnalyzerServer server) {
    try {
      server.close();
    } catch (IOException e) {
      log.atWarn().setCause(e).log("the socket stays behind");
    }
  }
}
