package dev.naru.bigquery;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Pattern;

/** Literals and identifiers of GoogleSQL. Nothing else of ours puts a value into a statement. */
public final class Sql {

  /**
   * BigQuery's rule without a column name character map, plus what its V2 map allows us to keep.
   */
  private static final Pattern COLUMN = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_]{0,299}");

  private Sql() {}

  /** A column name in backticks. */
  static String column(String name) {
    if (!COLUMN.matcher(name).matches()) {
      throw new ActionNeededFailure(
          WarehouseReason.INVALID_NAME,
          "The column name '%s' cannot be used in BigQuery: allowed are letters, digits and underscores, not beginning with a digit, at most 300 characters. Leave the column out with spec.source.columns.exclude or rename it in a view of the source."
              .formatted(name));
    }
    return "`" + name + "`";
  }

  /** A name in backticks that BigQuery gave us or is to judge, whatever it is made of. */
  public static String identifier(String name) {
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`";
  }

  /** A string literal. */
  public static String string(String value) {
    var text = new StringBuilder("'");
    for (var i = 0; i < value.length(); i++) {
      var c = value.charAt(i);
      switch (c) {
        case '\\' -> text.append("\\\\");
        case '\'' -> text.append("\\'");
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\0' -> text.append("\\0");
        default -> text.append(c);
      }
    }
    return text.append('\'').toString();
  }

  /** A string literal, or a typed NULL. */
  public static String string(Optional<String> value) {
    return value.map(Sql::string).orElse("CAST(NULL AS STRING)");
  }

  /** A TIMESTAMP literal in UTC with at most microseconds. */
  public static String timestamp(Instant value) {
    return "TIMESTAMP '" + value.truncatedTo(ChronoUnit.MICROS) + "'";
  }

  /** A TIMESTAMP literal in UTC with at most microseconds, or a typed NULL. */
  public static String timestamp(Optional<Instant> value) {
    return value.map(Sql::timestamp).orElse("CAST(NULL AS TIMESTAMP)");
  }
}
