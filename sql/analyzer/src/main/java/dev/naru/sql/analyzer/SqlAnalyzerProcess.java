package dev.naru.sql.analyzer;

import dev.naru.sql.Column;
import dev.naru.sql.SqlAnalyzer;
import dev.naru.sql.Statement;
import dev.naru.sql.TableName;
import dev.naru.sql.TableSchema;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The analyzer's process: {@code SqlAnalyzerProcess SOCKET}. */
public final class SqlAnalyzerProcess {

  private static final Logger log = LoggerFactory.getLogger(SqlAnalyzerProcess.class);

  /** Nobody waits longer than five seconds; an analysis six times as long will not end. */
  private static final Duration LONGEST_ANALYSIS = Duration.ofSeconds(30);

  private static final int OVERDUE = 3;

  private SqlAnalyzerProcess() {}

  /** Serves until the process is told to stop. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (arguments.length != 1) {
      log.error("usage: SqlAnalyzerProcess SOCKET");
      System.exit(2);
    }
    var analyzer = new ZetaSqlAnalyzer();
    warmUp(analyzer);
    var socket = Path.of(arguments[0]);
    var server =
        new AnalyzerServer(
            analyzer, socket, LONGEST_ANALYSIS, () -> Runtime.getRuntime().halt(OVERDUE));
    Runtime.getRuntime().addShutdownHook(new Thread(() -> close(server), "stop"));
    log.info("serving socket={}", socket);
    server.join();
  }

  /** The first statement loads the library and takes seconds: nobody should wait for that. */
  private static void warmUp(SqlAnalyzer analyzer) {
    var table = new TableName("p", "d", "t");
    var statement =
        new Statement(
            "WITH w AS (SELECT a, COUNT(*) AS n FROM `p.d.t` GROUP BY a) "
                + "SELECT a, SUM(n) OVER (ORDER BY a) AS n FROM w WHERE a > @a",
            "p",
            Optional.empty(),
            Map.of("a", "INT64"));
    log.info(
        "warm answer={}",
        analyzer
            .analyze(statement, List.of(new TableSchema(table, List.of(new Column("a", "INT64")))))
            .getClass()
            .getSimpleName());
  }

  private static void close(AnalyzerServer server) {
    try {
      server.close();
    } catch (IOException e) {
      log.warn("the socket stays behind", e);
    }
  }
}
