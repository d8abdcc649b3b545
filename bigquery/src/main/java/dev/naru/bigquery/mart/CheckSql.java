package dev.naru.bigquery.mart;

import dev.naru.bigquery.Sql;
import dev.naru.bigquery.TableId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A check as one value that a scan of the candidate answers; {@link Verdict} says what it means.
 * Pure.
 *
 * @param aggregate whether {@code value} is an aggregate over the candidate's rows; else a subquery
 * @param rows the complete statement that shows what is at fault
 */
record CheckSql(Check check, boolean aggregate, String value, String rows) {

  private static final int SHOWN = 100;

  /** The columns of a candidate that a check speaks of. */
  static List<String> columns(Check check) {
    return switch (check) {
      case Check.NotNull c -> c.columns();
      case Check.Unique c -> c.columns();
      case Check.OneNewest c -> Stream.concat(c.key().stream(), c.orderBy().stream()).toList();
      case Check.Accepted c -> List.of(c.column());
      case Check.Range c -> List.of(c.column());
      case Check.Freshness c -> List.of(c.column());
      case Check.Relationship c -> c.columns();
      case Check.Rows _, Check.Query _ -> List.of();
    };
  }

  /**
   * The value of a check.
   *
   * @param types of the candidate's columns, found without regard to case
   */
  static CheckSql of(Check check, TableId candidate, Map<String, String> types) {
    var from = candidate.sql();
    return switch (check) {
      case Check.NotNull c ->
          rowsWhere(
              c,
              from,
              c.columns().stream()
                  .map(n -> Sql.identifier(n) + " IS NULL")
                  .collect(Collectors.joining(" OR ")));
      case Check.Unique c -> unique(c, c.columns(), from, types);
      case Check.OneNewest c -> unique(c, c.key(), from, types);
      case Check.Accepted c -> rowsWhere(c, from, accepted(c, types));
      case Check.Range c -> rowsWhere(c, from, range(c, types));
      case Check.Rows c ->
          new CheckSql(c, true, "COUNT(*)", "SELECT COUNT(*) AS row_count FROM %s".formatted(from));
      case Check.Freshness c ->
          new CheckSql(
              c,
              true,
              "UNIX_MICROS(%s)".formatted(newest(c, types)),
              "SELECT MAX(%s) AS newest FROM %s".formatted(Sql.identifier(c.column()), from));
      case Check.Relationship c -> relationship(c, from);
      case Check.Query c -> {
        var sql = Parameters.inlined(c.violations());
        yield new CheckSql(
            c,
            false,
            "(SELECT COUNT(*) FROM (\n%s\n))".formatted(c.violations().sql()),
            "SELECT * FROM (\n%s\n) LIMIT %d".formatted(sql, SHOWN));
      }
    };
  }

  private static CheckSql rowsWhere(Check check, String from, String condition) {
    return new CheckSql(
        check,
        true,
        "COUNTIF(%s)".formatted(condition),
        "SELECT * FROM %s WHERE %s LIMIT %d".formatted(from, condition, SHOWN));
  }

  private static CheckSql unique(
      Check check, List<String> columns, String from, Map<String, String> types) {
    var keys = keys(columns, types);
    var groups = "FROM %s GROUP BY %s HAVING COUNT(*) > 1".formatted(from, keys);
    return new CheckSql(
        check,
        false,
        "(SELECT COUNT(*) FROM (SELECT COUNT(*) AS n %s))".formatted(groups),
        "SELECT %s, COUNT(*) AS row_count %s ORDER BY row_count DESC LIMIT %d"
            .formatted(keys, groups, SHOWN));
  }

  /** A day or a civil time is meant where the mart's days begin. */
  private static String newest(Check.Freshness check, Map<String, String> types) {
    var newest = "MAX(%s)".formatted(Sql.identifier(check.column()));
    return switch (types.get(check.column())) {
      case "DATE", "DATETIME" ->
          "TIMESTAMP(%s, %s)".formatted(newest, Sql.string(check.zone().getId()));
      default -> "CAST(%s AS TIMESTAMP)".formatted(newest);
    };
  }

  private static String keys(List<String> columns, Map<String, String> types) {
    return columns.stream()
        .map(
            name ->
                ColumnTypes.isComparable(types.get(name))
                    ? Sql.identifier(name)
                    : "TO_JSON_STRING(%s)".formatted(Sql.identifier(name)))
        .collect(Collectors.joining(", "));
  }

  /** Whether rows of one key differ that are all the newest; reads every column. */
  static CheckSql differing(Check.OneNewest check, TableId candidate) {
    var key =
        check.key().stream()
            .map(name -> "TO_JSON_STRING(naru_new.%s)".formatted(Sql.identifier(name)))
            .toList();
    var newest =
        check.orderBy().isEmpty()
            ? ""
            : " QUALIFY RANK() OVER (PARTITION BY %s ORDER BY %s) = 1"
                .formatted(String.join(", ", key), newestFirst(check.orderBy(), "naru_new."));
    var groups =
        "FROM (SELECT CONCAT(%s) AS row_key, TO_JSON_STRING(naru_new) AS row_text FROM %s AS naru_new WHERE TRUE%s) GROUP BY row_key HAVING COUNT(DISTINCT row_text) > 1"
            .formatted(String.join(", ', ', ", key), candidate.sql(), newest);
    return new CheckSql(
        check,
        false,
        "(SELECT COUNT(*) FROM (SELECT COUNT(*) AS n %s))".formatted(groups),
        "SELECT row_key, COUNT(DISTINCT row_text) AS row_count %s ORDER BY row_count DESC LIMIT %d"
            .formatted(groups, SHOWN));
  }

  /** An order in which the row with the greatest values is the first. */
  static String newestFirst(List<String> columns, String alias) {
    return columns.stream()
        .map(name -> "%s%s DESC NULLS LAST".formatted(alias, Sql.identifier(name)))
        .collect(Collectors.joining(", "));
  }

  private static String accepted(Check.Accepted check, Map<String, String> types) {
    var name = Sql.identifier(check.column());
    var isText = ColumnTypes.unbounded(types.get(check.column())).equals("STRING");
    var text = isText ? name : "CAST(%s AS STRING)".formatted(name);
    return "%s NOT IN (%s)"
        .formatted(
            text, check.values().stream().map(Sql::string).collect(Collectors.joining(", ")));
  }

  private static String range(Check.Range check, Map<String, String> types) {
    var name = Sql.identifier(check.column());
    var type = ColumnTypes.unbounded(types.get(check.column()));
    var outside = new ArrayList<String>();
    check
        .min()
        .ifPresent(v -> outside.add("%s < CAST(%s AS %s)".formatted(name, Sql.string(v), type)));
    check
        .max()
        .ifPresent(v -> outside.add("%s > CAST(%s AS %s)".formatted(name, Sql.string(v), type)));
    return outside.isEmpty() ? "FALSE" : String.join(" OR ", outside);
  }

  private static CheckSql relationship(Check.Relationship check, String from) {
    var conditions = new ArrayList<String>();
    var same = new ArrayList<String>();
    for (var i = 0; i < check.columns().size(); i++) {
      var column = "naru_new." + Sql.identifier(check.columns().get(i));
      conditions.add(column + " IS NOT NULL");
      same.add("naru_other.%s = %s".formatted(Sql.identifier(check.otherColumns().get(i)), column));
    }
    var orphans =
        "FROM %s AS naru_new WHERE %s AND NOT EXISTS (SELECT 1 FROM %s AS naru_other WHERE %s)"
            .formatted(
                from,
                String.join(" AND ", conditions),
                check.other().sql(),
                String.join(" AND ", same));
    return new CheckSql(
        check,
        false,
        "(SELECT COUNT(*) %s)".formatted(orphans),
        "SELECT naru_new.* %s LIMIT %d".formatted(orphans, SHOWN));
  }

  /** All of them in one statement of one row: column i is the value of the i-th. */
  static String fused(List<CheckSql> checks, TableId candidate) {
    var inner = new ArrayList<String>();
    var outer = new ArrayList<String>();
    for (var i = 0; i < checks.size(); i++) {
      var check = checks.get(i);
      if (check.aggregate()) {
        inner.add("%s AS c%d".formatted(check.value(), i));
        outer.add("t.c%d".formatted(i));
      } else {
        outer.add("%s AS c%d".formatted(check.value(), i));
      }
    }
    var select = "SELECT\n  " + String.join(",\n  ", outer);
    return inner.isEmpty()
        ? select
        : "%s\nFROM (\n  SELECT\n    %s\n  FROM %s\n) AS t"
            .formatted(select, String.join(",\n    ", inner), candidate.sql());
  }
}
