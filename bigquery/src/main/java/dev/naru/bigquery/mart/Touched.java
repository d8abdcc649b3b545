package dev.naru.bigquery.mart;

import com.google.api.services.bigquery.model.TableFieldSchema;
import dev.naru.bigquery.Query;
import dev.naru.bigquery.Sql;
import dev.naru.bigquery.TableId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * Which partitions the rows of a candidate lie in: as plain literals, since BigQuery prunes by
 * nothing else. Pure.
 *
 * @param column in backticks
 * @param least literal of the least value; empty when there is none but NULL
 * @param greatest inclusive
 * @param nulls whether some lie in the partition of NULL
 */
record Touched(String column, Optional<String> least, Optional<String> greatest, boolean nulls) {

  /** What to ask of a candidate. */
  static String question(TableFieldSchema field, TableId candidate) {
    var column = Sql.identifier(field.getName());
    var value = field.getType().equals("TIMESTAMP") ? "UNIX_MICROS(%s(%s))" : "%s(%s)";
    return "SELECT CAST(%s AS STRING), CAST(%s AS STRING), CAST(COUNTIF(%s IS NULL) AS STRING) FROM %s"
        .formatted(
            value.formatted("MIN", column),
            value.formatted("MAX", column),
            column,
            candidate.sql());
  }

  static Touched of(TableFieldSchema field, Query.Row answer) {
    return new Touched(
        Sql.identifier(field.getName()),
        answer.text(0).map(it -> literal(field.getType(), it)),
        answer.text(1).map(it -> literal(field.getType(), it)),
        !answer.text(2).orElse("0").equals("0"));
  }

  private static String literal(String type, String value) {
    return type.equals("TIMESTAMP")
        ? Sql.timestamp(Instant.EPOCH.plus(Long.parseLong(value), ChronoUnit.MICROS))
        : type + " '" + value + "'";
  }

  /**
   * True for every row of these partitions.
   *
   * @param alias as in {@code t.}, or empty
   */
  String holds(String alias) {
    var name = alias + column;
    var between =
        least.map(it -> "%s >= %s AND %s <= %s".formatted(name, it, name, greatest.orElseThrow()));
    var none = "%s IS NULL".formatted(name);
    return nulls
        ? between.map(it -> "((%s) OR %s)".formatted(it, none)).orElse(none)
        : between.orElse("FALSE");
  }
}
