package dev.naru.operator.metrics;

import dev.naru.sql.Analysis;
import dev.naru.sql.Answer;
import dev.naru.sql.References;
import dev.naru.sql.SqlAnalyzer;
import dev.naru.sql.Statement;
import dev.naru.sql.TableSchema;
import java.util.List;

/** Counts what the SQL analyzer is asked, by answer. */
public final class CountedSqlAnalyzer implements SqlAnalyzer {

  private static final String REFERENCES = "references";
  private static final String ANALYZE = "analyze";

  private final SqlAnalyzer analyzer;
  private final Meters meters;

  /** Counts what this analyzer is asked; what is answered from memory does not come here. */
  public CountedSqlAnalyzer(SqlAnalyzer analyzer, Meters meters) {
    this.analyzer = analyzer;
    this.meters = meters;
    for (var question : List.of(REFERENCES, ANALYZE)) {
      for (var answer : Label.SQL_ANSWER.allowed().orElseThrow()) {
        meters.announce(Metric.SQL_QUESTIONS, question, answer);
      }
    }
  }

  @Override
  public Answer<References> references(Statement statement) {
    return counted(REFERENCES, analyzer.references(statement));
  }

  @Override
  public Answer<Analysis> analyze(Statement statement, List<TableSchema> catalog) {
    return counted(ANALYZE, analyzer.analyze(statement, catalog));
  }

  private <T> Answer<T> counted(String question, Answer<T> answer) {
    meters.count(Metric.SQL_QUESTIONS, question, word(answer));
    return answer;
  }

  private static String word(Answer<?> answer) {
    return switch (answer) {
      case Answer.Known<?> _ -> "known";
      case Answer.Refused<?> _ -> "refused";
      case Answer.Unknown<?> unknown ->
          switch (unknown.cause()) {
            case NONE -> "none";
            case ABSENT -> "absent";
            case BUSY -> "busy";
            case LATE -> "late";
            case FAILED -> "failed";
            case BEYOND -> "beyond";
          };
    };
  }
}
