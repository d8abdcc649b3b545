package dev.naru.bigquery;

import java.util.Optional;

/**
 * A column of a table in BigQuery.
 *
 * @param name as in the schema; BigQuery compares names without regard to case
 * @param precision total digits of NUMERIC and BIGNUMERIC, maximum length of STRING and BYTES;
 *     absent means the type's own bound
 * @param scale digits after the point; only together with {@code precision}
 * @param description at most 1,024 characters
 */
public record Column(
    String name,
    ColumnType type,
    Mode mode,
    Optional<Integer> precision,
    Optional<Integer> scale,
    Optional<String> description) {

  /** How many values a row has in a column. */
  public enum Mode {
    NULLABLE,
    REQUIRED,
    REPEATED
  }

  /** A column that may be NULL. */
  public static Column nullable(String name, ColumnType type) {
    return of(name, type, Mode.NULLABLE);
  }

  /** A column that is never NULL. */
  public static Column required(String name, ColumnType type) {
    return of(name, type, Mode.REQUIRED);
  }

  /** A column without bounds or description. */
  public static Column of(String name, ColumnType type, Mode mode) {
    return new Column(name, type, mode, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** This column under another name. */
  public Column withName(String other) {
    return new Column(other, type, mode, precision, scale, description);
  }

  /** This column with the digits of a decimal type. */
  public Column withDigits(int digits, int afterPoint) {
    return new Column(name, type, mode, Optional.of(digits), Optional.of(afterPoint), description);
  }

  /** This column with a maximum length of characters or bytes. */
  public Column withLength(int length) {
    return new Column(name, type, mode, Optional.of(length), Optional.empty(), description);
  }

  /** This column with a description. */
  public Column withDescription(String text) {
    return new Column(name, type, mode, precision, scale, Optional.of(text));
  }

  /** This column with another mode. */
  public Column withMode(Mode other) {
    return new Column(name, type, other, precision, scale, description);
  }

  /** The type as DDL writes it, e.g. {@code NUMERIC(12, 2)}. */
  public String sqlType() {
    var bounds =
        precision
            .map(p -> "(" + p + scale.filter(s -> s > 0).map(s -> ", " + s).orElse("") + ")")
            .orElse("");
    var one = type.name() + bounds;
    return mode == Mode.REPEATED ? "ARRAY<" + one + ">" : one;
  }
}
