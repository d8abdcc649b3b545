package dev.naru.operator.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.sql.SqlAnalyzer;
import dev.naru.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CountedSqlAnalyzerTest {

  @Test
  void countsByQuestionAndAnswer() {
    try (var meters = new Meters("test", "none")) {
      var analyzer = new CountedSqlAnalyzer(SqlAnalyzer.NONE, meters);
      var statement = new Statement("SELECT 1", "p", Optional.empty(), Map.of());

      analyzer.references(statement);
      analyzer.references(statement);
      analyzer.analyze(statement, List.of());

      assertThat(meters.scrape())
          .contains("naru_sql_questions_total{answer=\"none\",question=\"references\"} 2.0")
          .contains("naru_sql_questions_total{answer=\"none\",question=\"analyze\"} 1.0")
          .contains("naru_sql_questions_total{answer=\"late\",question=\"analyze\"} 0.0");
    }
  }
}
