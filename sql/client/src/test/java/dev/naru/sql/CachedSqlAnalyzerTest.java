package dev.naru.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.sql.Answer.Cause;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CachedSqlAnalyzerTest {

  private static final TableName TABLE = TableName.parse("p.d.t");
  private static final Answer<Analysis> KNOWN =
      new Answer.Known<>(
          new Analysis(
              StatementKind.QUERY,
              List.of(
                  new Analysis.OutputColumn("x", "INT64", Set.of(new Analysis.Source(TABLE, "x")))),
              Set.of()));

  private final Asked asked = new Asked();
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final CachedSqlAnalyzer cached = cached(1 << 20);

  @Test
  void theSameQuestionIsAskedOnce() {
    asked.answer = KNOWN;
    for (var i = 0; i < 3; i++) {
      assertThat(cached.analyze(statement("a"), List.of(table("INT64")))).isEqualTo(KNOWN);
    }
    assertThat(asked.statements).hasSize(1);
  }

  @Test
  void anythingElseIsAnotherQuestion() {
    asked.answer = KNOWN;
    cached.analyze(statement("a"), List.of(table("INT64")));
    cached.analyze(statement("b"), List.of(table("INT64")));
    cached.analyze(statement("a"), List.of(table("STRING")));
    cached.analyze(statement("a"), List.of());
    cached.analyze(new Statement("a", "q", Optional.empty(), Map.of()), List.of());
    cached.analyze(new Statement("a", "p", Optional.of("d"), Map.of()), List.of());
    cached.analyze(new Statement("a", "p", Optional.empty(), Map.of("x", "DATE")), List.of());
    cached.references(statement("a"));

    assertThat(asked.statements).hasSize(8);
  }

  @Test
  void aRefusalIsKeptToo() {
    asked.answer =
        new Answer.Refused<>(
            new SqlProblem("m", Optional.of(new Position(1, 2)), Optional.of("near")));
    assertThat(ask("a")).isEqualTo(asked.answer);
    assertThat(ask("a")).isEqualTo(asked.answer);
    assertThat(asked.statements).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource
  void unknownIsKeptByItsCause(Cause cause) {
    asked.answer = new Answer.Unknown<>(cause, "why");
    assertThat(ask("a")).isEqualTo(asked.answer);
    ask("a");
    now = now.plus(CachedSqlAnalyzer.LEFT_ALONE).minusMillis(1);
    assertThat(ask("a")).isEqualTo(asked.answer);
    var before = asked.statements.size();
    now = now.plusMillis(1);
    assertThat(ask("a")).isEqualTo(asked.answer);
    var after = asked.statements.size();

    assertThat(List.of(before, after))
        .isEqualTo(
            switch (cause) {
              case BEYOND -> List.of(1, 1);
              case FAILED -> List.of(1, 2);
              case LATE -> List.of(2, 2);
              case NONE, ABSENT, BUSY -> List.of(3, 4);
            });
  }

  @Test
  void anAnalyzerThatHangsIsLeftAloneForAWhile() {
    asked.answer = new Answer.Unknown<>(Cause.LATE, "late");
    for (var i = 0; i < 100; i++) {
      assertThat(ask("statement " + i)).isInstanceOf(Answer.Unknown.class);
    }
    assertThat(asked.statements).hasSize(CachedSqlAnalyzer.LATE_IN_A_ROW);

    now = now.plus(CachedSqlAnalyzer.PAUSE);
    asked.answer = KNOWN;
    assertThat(ask("statement 50")).isEqualTo(KNOWN);
  }

  @Test
  void aStatementThatIsLateAgainAndAgainIsLeftAloneLongerEachTime() {
    asked.answer = new Answer.Unknown<>(Cause.LATE, "late");
    ask("a");
    for (var seconds : List.of(30, 60, 120, 240, 480, 600, 600)) {
      var before = asked.statements.size();
      now = now.plusSeconds(seconds).minusMillis(1);
      ask("a");
      assertThat(asked.statements).as("before %d s", seconds).hasSize(before);
      now = now.plusMillis(1);
      ask("b " + now); // others are answered meanwhile
      asked.answer = KNOWN;
      ask("c " + now);
      asked.answer = new Answer.Unknown<>(Cause.LATE, "late");
      ask("a");
      assertThat(asked.statements).as("after %d s", seconds).hasSize(before + 3);
    }
    now = now.plus(CachedSqlAnalyzer.LEFT_ALONE);
    asked.answer = KNOWN;
    assertThat(ask("a")).isEqualTo(KNOWN);
  }

  @Test
  void lateAnswersAmongOthersStopNothing() {
    for (var i = 0; i < 10; i++) {
      asked.answer = i % 2 == 0 ? new Answer.Unknown<>(Cause.LATE, "late") : KNOWN;
      ask("statement " + i);
    }
    assertThat(asked.statements).hasSize(10);
  }

  @Test
  void theOldestAnswersMakeRoom() {
    asked.answer = KNOWN;
    var small = cached(1_000);
    for (var i = 0; i < 5; i++) {
      small.analyze(statement("first"), List.of());
      small.analyze(statement("statement " + i), List.of());
    }
    assertThat(asked.statements).hasSize(6);
    small.analyze(statement("statement 0"), List.of());
    assertThat(asked.statements).hasSize(7);
  }

  private Answer<Analysis> ask(String sql) {
    return cached.analyze(statement(sql), List.of());
  }

  private CachedSqlAnalyzer cached(long room) {
    InstantSource source = () -> now;
    return new CachedSqlAnalyzer(asked, source.withZone(ZoneOffset.UTC), room);
  }

  private static Statement statement(String sql) {
    return new Statement(sql, "p", Optional.empty(), Map.of());
  }

  private static TableSchema table(String type) {
    return new TableSchema(TABLE, List.of(new Column("x", type)));
  }

  /** Answers what it is told to, and remembers what it was asked. */
  private static final class Asked implements SqlAnalyzer {

    private final List<String> statements = new ArrayList<>();
    private Answer<Analysis> answer = KNOWN;

    @Override
    public Answer<References> references(Statement statement) {
      statements.add(statement.sql());
      return new Answer.Known<>(new References(StatementKind.QUERY, List.of()));
    }

    @Override
    public Answer<Analysis> analyze(Statement statement, List<TableSchema> catalog) {
      statements.add(statement.sql());
      return answer;
    }
  }
}
