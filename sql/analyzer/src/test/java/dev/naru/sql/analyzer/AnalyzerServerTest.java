package dev.naru.sql.analyzer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.sql.Analysis;
import dev.naru.sql.Answer;
import dev.naru.sql.Answer.Cause;
import dev.naru.sql.Column;
import dev.naru.sql.References;
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
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the client makes of a process that is there, absent, late, overrun or stuck. */
class AnalyzerServerTest {

  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Statement STATEMENT =
      new Statement(
          "SELECT x, '한국어' AS y FROM `p.d.t` WHERE x > @a",
          "p",
          Optional.empty(),
          Map.of("a", "INT64"));
  private static final List<TableSchema> CATALOG =
      List.of(new TableSchema(TableName.parse("p.d.t"), List.of(new Column("x", "INT64")), true));

  @TempDir private Path folder;
  private Path socket;

  @BeforeEach
  void chooseSocket() {
    socket = folder.resolve("sql.sock");
  }

  @Test
  void everyAnswerTravels() throws IOException {
    var local = new ZetaSqlAnalyzer();
    try (var _ = serve(local, LONG, () -> {});
        var remote = new RemoteSqlAnalyzer(socket, LONG)) {
      assertThat(remote.references(STATEMENT))
          .isInstanceOf(Answer.Known.class)
          .isEqualTo(local.references(STATEMENT));
      assertThat(remote.analyze(STATEMENT, CATALOG))
          .isInstanceOf(Answer.Known.class)
          .isEqualTo(local.analyze(STATEMENT, CATALOG));
      assertThat(remote.analyze(STATEMENT, List.of()))
          .isInstanceOf(Answer.Refused.class)
          .isEqualTo(local.analyze(STATEMENT, List.of()));
      var tomorrow = new Statement("SELECT TOMORROW()", "p", Optional.empty(), Map.of());
      assertThat(remote.analyze(tomorrow, List.of()))
          .isInstanceOf(Answer.Unknown.class)
          .isEqualTo(local.analyze(tomorrow, List.of()));
    }
  }

  @Test
  void absentThenStartedThenRestarted() throws IOException {
    try (var remote = new RemoteSqlAnalyzer(socket, LONG)) {
      var absent = new Answer.Unknown<References>(Cause.ABSENT, "the SQL analyzer does not run");
      assertThat(remote.references(STATEMENT)).isEqualTo(absent);
      for (var i = 0; i < 2; i++) {
        try (var _ = serve(new Stopped(), LONG, () -> {})) {
          assertThat(remote.references(STATEMENT)).isEqualTo(Stopped.SAID);
        }
        assertThat(socket).doesNotExist();
        assertThat(remote.references(STATEMENT)).isEqualTo(absent);
      }
      // killed: the socket file is still there
      Files.createFile(socket);
      try (var _ = serve(new Stopped(), LONG, () -> {})) {
        assertThat(remote.references(STATEMENT)).isEqualTo(Stopped.SAID);
      }
    }
  }

  @Test
  void aLateAnswerIsUnknownAndAStuckAnalysisEndsTheProcess() throws Exception {
    var never = new CountDownLatch(1);
    var ended = new CountDownLatch(1);
    try (var _ = serve(new Stopped(never), Duration.ofMillis(300), ended::countDown);
        var remote = new RemoteSqlAnalyzer(socket, Duration.ofMillis(100))) {
      assertThat(remote.references(STATEMENT))
          .isEqualTo(
              new Answer.Unknown<>(Cause.LATE, "the SQL analyzer did not answer within 0.1 s"));
      assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
      never.countDown();
    }
  }

  @Test
  void moreStatementsThanItCanHoldAreTurnedAway() throws Exception {
    var go = new CountDownLatch(1);
    try (var _ = serve(new Stopped(go), LONG, () -> {});
        var remote = new RemoteSqlAnalyzer(socket, LONG);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var answers =
          Collections.nCopies(100, STATEMENT).stream()
              .map(it -> threads.submit(() -> remote.references(it)))
              .toList();
      var busy = new Answer.Unknown<References>(Cause.BUSY, "the SQL analyzer is busy");
      while (answers.stream().filter(Future::isDone).count() < 34) {
        Thread.onSpinWait();
      }
      go.countDown();
      var said = new ArrayList<Answer<References>>();
      for (var answer : answers) {
        said.add(answer.get(30, TimeUnit.SECONDS));
      }
      assertThat(Collections.frequency(said, busy)).isEqualTo(34);
      assertThat(Collections.frequency(said, Stopped.SAID)).isEqualTo(66);
    }
  }

  @Test
  void aFailureInsideIsUnknownAndTheNextStatementIsAnswered() throws IOException {
    var local = new ZetaSqlAnalyzer();
    try (var _ =
            serve(
                new SqlAnalyzer() {
                  @Override
                  public Answer<References> references(Statement statement) {
                    throw new StackOverflowError("broken");
                  }

                  @Override
                  public Answer<Analysis> analyze(Statement statement, List<TableSchema> catalog) {
                    return local.analyze(statement, catalog);
                  }
                },
                LONG,
                () -> {});
        var remote = new RemoteSqlAnalyzer(socket, LONG)) {
      assertThat(remote.references(STATEMENT))
          .isEqualTo(new Answer.Unknown<>(Cause.FAILED, "the SQL analyzer failed with INTERNAL"));
      assertThat(remote.analyze(STATEMENT, CATALOG)).isInstanceOf(Answer.Known.class);
    }
  }

  @Test
  void whatIsTooLargeIsNotSent() throws IOException {
    var table = TableName.parse("p.d.t");
    try (var remote = new RemoteSqlAnalyzer(socket, LONG)) {
      assertThat(
              remote.references(
                  new Statement(
                      "x".repeat(SqlAnalyzer.LONGEST_STATEMENT + 1),
                      "p",
                      Optional.empty(),
                      Map.of())))
          .isEqualTo(
              new Answer.Unknown<>(
                  Cause.BEYOND, "the statement has 32769 characters; at most 32768 are analyzed"));
      assertThat(
              remote.analyze(
                  STATEMENT,
                  Collections.nCopies(
                      SqlAnalyzer.MOST_TABLES + 1, new TableSchema(table, List.of()))))
          .isEqualTo(
              new Answer.Unknown<>(
                  Cause.BEYOND,
                  "the statement names 501 tables with 0 columns; at most 500 with 50000 are analyzed"));
    }
  }

  private AnalyzerServer serve(SqlAnalyzer analyzer, Duration longest, Runnable onOverdue)
      throws IOException {
    return new AnalyzerServer(analyzer, socket, longest, onOverdue);
  }

  /** Answers the same always, once it is let go. */
  private record Stopped(CountDownLatch go) implements SqlAnalyzer {

    static final Answer<References> SAID = new Answer.Unknown<>(Cause.BEYOND, "said");

    Stopped() {
      this(new CountDownLatch(0));
    }

    @Override
    public Answer<References> references(Statement statement) {
      try {
        go.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return SAID;
    }

    @Override
    public Answer<Analysis> analyze(Statement statement, List<TableSchema> catalog) {
      throw new UnsupportedOperationException("not asked here");
    }
  }
}
