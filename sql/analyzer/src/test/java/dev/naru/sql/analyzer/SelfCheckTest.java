package dev.naru.sql.analyzer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.sql.Analysis;
import dev.naru.sql.Answer;
import dev.naru.sql.References;
import dev.naru.sql.RemoteSqlAnalyzer;
import dev.naru.sql.SqlAnalyzer;
import dev.naru.sql.Statement;
import dev.naru.sql.TableSchema;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SelfCheckTest {

  @Test
  void theAnalyzerIsBelieved() {
    assertThat(SelfCheck.wrong(new ZetaSqlAnalyzer())).isEmpty();
  }

  @Test
  void oneThatKnowsNothingIsNot() {
    assertThat(SelfCheck.wrong(SqlAnalyzer.NONE).orElseThrow()).startsWith("tables: Unknown");
  }

  @Test
  void oneThatTakesEverythingIsNot() {
    assertThat(SelfCheck.wrong(with(sql -> sql.replace("faer", "fare"))).orElseThrow())
        .startsWith("a mistake: Known");
  }

  @Test
  void oneThatSeesOtherColumnsIsNot() {
    assertThat(SelfCheck.wrong(with(sql -> sql.replace("AS place", "AS rank_"))).orElseThrow())
        .startsWith("analysis: Known");
  }

  /** Whoever waits for the socket may ask at once, and gets right answers. */
  @Test
  void thereIsNoSocketBeforeItWasBelieved(@TempDir Path folder) throws Exception {
    var socket = folder.resolve("sql.sock");
    var there = new ArrayList<Boolean>();
    var analyzer =
        with(
            sql -> {
              there.add(Files.exists(socket));
              return sql;
            });
    try (var _ = SqlAnalyzerProcess.open(analyzer, socket);
        var remote = new RemoteSqlAnalyzer(socket, Duration.ofMinutes(1))) {
      assertThat(there).as("twice two statements").hasSize(4).containsOnly(false);
      assertThat(SelfCheck.wrong(remote)).isEmpty();
      assertThat(there).hasSize(6).endsWith(true, true);
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void oneThatIsWrongOnlyThroughTheSocketNeverServes(@TempDir Path folder) {
    var socket = folder.resolve("sql.sock");
    var asked = new AtomicInteger();
    var analyzer =
        with(sql -> asked.incrementAndGet() > 2 ? sql.replace("AS place", "AS rank_") : sql);
    assertThatThrownBy(() -> SqlAnalyzerProcess.open(analyzer, socket))
        .isInstanceOf(SqlAnalyzerProcess.Mistaken.class)
        .hasMessageStartingWith("analysis: Known");
    assertThat(folder).isEmptyDirectory();
  }

  /** An analyzer that reads something else than was asked. */
  private static SqlAnalyzer with(UnaryOperator<String> reads) {
    var analyzer = new ZetaSqlAnalyzer();
    return new SqlAnalyzer() {
      @Override
      public Answer<References> references(Statement statement) {
        return analyzer.references(statement);
      }

      @Override
      public Answer<Analysis> analyze(Statement statement, List<TableSchema> catalog) {
        return analyzer.analyze(
            new Statement(
                reads.apply(statement.sql()),
                statement.project(),
                statement.dataset(),
                statement.parameters()),
            catalog);
      }
    };
  }
}
