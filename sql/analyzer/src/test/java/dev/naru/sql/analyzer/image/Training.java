package dev.naru.sql.analyzer.image;

import dev.naru.sql.Analysis;
import dev.naru.sql.Answer;
import dev.naru.sql.Column;
import dev.naru.sql.RemoteSqlAnalyzer;
import dev.naru.sql.SqlAnalyzer;
import dev.naru.sql.Statement;
import dev.naru.sql.TableName;
import dev.naru.sql.TableSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Lets the image's analyzer answer the questions of a mart and stop, so that its AOT cache knows
 * what that needs. Called by {@code e2e/images/train}.
 */
public final class Training {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final TableSchema RESERVATIONS =
      new TableSchema(
          TableName.parse("naru-local.raw_rental.reservations"),
          List.of(
              new Column("id", "INT64"),
              new Column("car_id", "INT64"),
              new Column("fee", "NUMERIC"),
              new Column("created_at", "TIMESTAMP"),
              new Column("items", "ARRAY<STRUCT<sku STRING, amount NUMERIC>>")));

  private static final String DAILY =
      """
      WITH daily AS (
        SELECT DATE(r.created_at) AS day, r.car_id, COUNT(*) AS reservations, SUM(r.fee) AS fee,
          SUM((SELECT SUM(i.amount) FROM UNNEST(r.items) AS i)) AS extra
        FROM `naru-local.raw_rental.reservations` AS r
        WHERE r.created_at >= @interval_start AND r.created_at < @interval_end
        GROUP BY day, car_id)
      SELECT *, RANK() OVER (PARTITION BY day ORDER BY fee DESC) AS place FROM daily
      QUALIFY place <= 100
      UNION ALL
      SELECT DATE '2026-01-01', 0, 0, 0, 0, 1
      """;

  private Training() {}

  /**
   * Trains.
   *
   * @param command the analyzer's whole command, of the process that serves
   */
  public static void main(String[] command) throws IOException, InterruptedException {
    var socket = Files.createTempDirectory("naru-training-").resolve("sql.sock");
    var serving = new ArrayList<>(List.of(command));
    serving.add("serve");
    var analyzer = new ProcessBuilder(serving).inheritIO();
    analyzer.environment().put("NARU_SQL_SOCKET", socket.toString());
    var process = analyzer.start();
    try (var remote = new RemoteSqlAnalyzer(socket, Duration.ofSeconds(30))) {
      await(socket, process);
      // twice and more: what is compiled on the way is part of the cache
      for (var i = 0; i < 20; i++) {
        ask(remote);
      }
      process.destroy();
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("the analyzer does not stop");
      }
    } finally {
      process.destroyForcibly();
    }
  }

  private static void await(Path socket, Process process) throws InterruptedException {
    var end = System.nanoTime() + PATIENCE.toNanos();
    while (!Files.exists(socket)) {
      if (!process.isAlive() || System.nanoTime() > end) {
        throw new IllegalStateException("the analyzer does not serve");
      }
      Thread.sleep(50);
    }
  }

  private static void ask(SqlAnalyzer analyzer) {
    var parameters = Map.of("interval_start", "TIMESTAMP", "interval_end", "TIMESTAMP");
    var daily = new Statement(DAILY, "naru-local", Optional.of("soda_store"), parameters);
    known(analyzer.references(daily));
    known(analyzer.analyze(daily, List.of(RESERVATIONS)));
    var wrong =
        new Statement(DAILY.replace("r.fee", "r.feee"), "naru-local", Optional.empty(), parameters);
    if (!(analyzer.analyze(wrong, List.of(RESERVATIONS)) instanceof Answer.Refused<Analysis>)) {
      throw new IllegalStateException("a wrong statement was not refused");
    }
  }

  private static void known(Answer<?> answer) {
    if (!(answer instanceof Answer.Known<?>)) {
      throw new IllegalStateException("not analyzed: " + answer);
    }
  }
}
