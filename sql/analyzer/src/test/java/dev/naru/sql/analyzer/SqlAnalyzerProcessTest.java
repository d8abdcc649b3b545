package dev.naru.sql.analyzer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.sql.Analysis;
import dev.naru.sql.Answer;
import dev.naru.sql.Answer.Cause;
import dev.naru.sql.Column;
import dev.naru.sql.RemoteSqlAnalyzer;
import dev.naru.sql.Statement;
import dev.naru.sql.TableName;
import dev.naru.sql.TableSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real process: killed in the middle of a statement, and told to stop. */
class SqlAnalyzerProcessTest {

  private static final Duration LONG = Duration.ofMinutes(2);

  private static final Statement SHORT =
      new Statement("SELECT x FROM `p.d.t`", "p", Optional.empty(), Map.of());
  private static final List<TableSchema> CATALOG =
      List.of(new TableSchema(TableName.parse("p.d.t"), List.of(new Column("x", "INT64"))));

  /** Takes seconds: a thousand joins. */
  private static final Statement ENDLESS =
      new Statement(
          IntStream.range(0, 1_000)
              .mapToObj(i -> " JOIN d.t t%d ON a.x=t%d.x".formatted(i, i))
              .collect(Collectors.joining("", "SELECT a.x FROM d.t a", "")),
          "p",
          Optional.empty(),
          Map.of());

  @TempDir private Path folder;
  private AnalyzerProcess analyzer;
  private Process process;

  @AfterEach
  void end() {
    if (analyzer != null) {
      analyzer.close();
    }
  }

  @Test
  void killedOverAStatementItIsUnknownAndTheNextOneIsAnswered() throws Exception {
    var socket = start();
    try (var remote = new RemoteSqlAnalyzer(socket, LONG);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      analyzer.await(
          "it answers", () -> remote.analyze(SHORT, CATALOG) instanceof Answer.Known<Analysis>);
      var serving = serving();
      var before = cpu(serving);

      var answer = threads.submit(() -> remote.analyze(ENDLESS, CATALOG));
      analyzer.await("it is at work", () -> cpu(serving).compareTo(before.plusMillis(300)) > 0);
      serving.destroyForcibly();

      assertThat(answer.get(1, TimeUnit.MINUTES))
          .isEqualTo(
              new Answer.Unknown<>(
                  Cause.FAILED, "the SQL analyzer ended while it looked at the statement"));
      assertThat(remote.analyze(SHORT, CATALOG))
          .isEqualTo(new Answer.Unknown<>(Cause.ABSENT, "the SQL analyzer does not run"));
      analyzer.await(
          "it answers again",
          () -> remote.analyze(SHORT, CATALOG) instanceof Answer.Known<Analysis>);
      assertThat(process.isAlive()).isTrue();
      assertThat(serving().pid()).isNotEqualTo(serving.pid());
    }
  }

  @Test
  void toldToStopItLeavesNothingBehind() throws Exception {
    var socket = start();
    analyzer.await("it serves", () -> Files.exists(socket));
    var serving = serving();

    process.destroy();

    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(serving.isAlive()).isFalse();
    assertThat(socket).doesNotExist();
  }

  @Test
  void whoStartedItIsKilledAndItEndsToo() throws Exception {
    var socket = start();
    analyzer.await("it serves", () -> Files.exists(socket));
    var serving = serving();

    process.destroyForcibly();

    analyzer.await("it ends", () -> !serving.isAlive());
  }

  private Path start() throws IOException {
    var socket = folder.resolve("sql.sock");
    analyzer =
        new AnalyzerProcess(socket, folder.resolve("log"), "-XX:TieredStopAtLevel=1", "-Xmx256m");
    process = analyzer.process();
    return socket;
  }

  private ProcessHandle serving() {
    return analyzer.serving();
  }

  private static Duration cpu(ProcessHandle process) {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }
}
