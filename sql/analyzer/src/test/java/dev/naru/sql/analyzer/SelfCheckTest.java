package dev.naru.sql.analyzer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.sql.Analysis;
import dev.naru.sql.Answer;
import dev.naru.sql.References;
import dev.naru.sql.SqlAnalyzer;
import dev.naru.sql.Statement;
import dev.naru.sql.TableSchema;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class SelfCheckTest {

  @Test
  void theAnalyzerIsBelieved() {
    assertThat(SelfCheck.wrong(new ZetaSqlAnalyzer())).isEmpty();
  }

  @Test
  void oneThatKnowsNothingIsNot() {
    assertThat(SelfCheck.wrong(SqlAnalyzer.ABSENT).orElseThrow()).startsWith("tables: Unknown");
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
