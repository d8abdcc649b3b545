package dev.naru.sql.analyzer;

import dev.naru.sql.Analysis;
import dev.naru.sql.Analysis.OutputColumn;
import dev.naru.sql.Analysis.Source;
import dev.naru.sql.Answer;
import dev.naru.sql.Column;
import dev.naru.sql.References;
import dev.naru.sql.SqlAnalyzer;
import dev.naru.sql.Statement;
import dev.naru.sql.StatementKind;
import dev.naru.sql.TableName;
import dev.naru.sql.TableSchema;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Questions whose answers are known, asked before anybody else may ask: an analyzer that gives
 * others must not be believed. They also load what the first real statements would wait for.
 */
final class SelfCheck {

  private static final TableName TABLE = new TableName("p", "d", "rides");

  private static final List<TableSchema> CATALOG =
      List.of(
          new TableSchema(
              TABLE,
              List.of(
                  new Column("car_id", "INT64"),
                  new Column("fare", "NUMERIC"),
                  new Column("at", "TIMESTAMP"),
                  new Column("stops", "ARRAY<STRUCT<zone STRING>>"))));

  private static final Statement STATEMENT =
      statement(
          """
          WITH daily AS (
            SELECT DATE(r.at, 'Asia/Seoul') AS day, car_id, COUNT(*) AS rides, SUM(fare) AS fare
            FROM `p.d.rides` AS r, UNNEST(r.stops) AS s
            WHERE r.at >= @since AND s.zone IS NOT NULL
            GROUP BY day, car_id)
          SELECT day, rides, RANK() OVER (PARTITION BY day ORDER BY fare DESC) AS place FROM daily
          """);

  private static final Analysis ANALYSIS =
      new Analysis(
          StatementKind.QUERY,
          List.of(
              new OutputColumn("day", "DATE", Set.of(new Source(TABLE, "at"))),
              new OutputColumn("rides", "INT64", Set.of()),
              new OutputColumn(
                  "place", "INT64", Set.of(new Source(TABLE, "at"), new Source(TABLE, "fare")))),
          Set.of(new Source(TABLE, "at"), new Source(TABLE, "car_id"), new Source(TABLE, "stops")));

  private static final Statement MISTAKEN =
      statement(STATEMENT.sql().replace("SUM(fare)", "SUM(faer)"));

  private static final String PROBLEM =
      "line 2, column 74: Unrecognized name: faer; did you mean fare?";

  private SelfCheck() {}

  /** What an analyzer answers wrongly; empty when it can be believed. */
  static Optional<String> wrong(SqlAnalyzer analyzer) {
    return tables(analyzer.references(STATEMENT))
        .or(() -> analysis(analyzer.analyze(STATEMENT, CATALOG)))
        .or(() -> mistake(analyzer.analyze(MISTAKEN, CATALOG)));
  }

  private static Optional<String> tables(Answer<References> answer) {
    return answer instanceof Answer.Known<References>(var it)
            && it.tables().stream().map(References.Reference::table).toList().equals(List.of(TABLE))
        ? Optional.empty()
        : Optional.of("tables: " + answer);
  }

  private static Optional<String> analysis(Answer<Analysis> answer) {
    return answer.equals(new Answer.Known<>(ANALYSIS))
        ? Optional.empty()
        : Optional.of("analysis: " + answer);
  }

  private static Optional<String> mistake(Answer<Analysis> answer) {
    return answer instanceof Answer.Refused<Analysis>(var problem)
            && problem.toString().equals(PROBLEM)
        ? Optional.empty()
        : Optional.of("a mistake: " + answer);
  }

  private static Statement statement(String sql) {
    return new Statement(sql, "p", Optional.empty(), Map.of("since", "TIMESTAMP"));
  }
}
