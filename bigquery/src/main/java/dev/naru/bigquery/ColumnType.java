package dev.naru.bigquery;

/** GoogleSQL types a column may have, by the names used in DDL and schemas. */
public enum ColumnType {
  BOOL,
  INT64,
  FLOAT64,
  NUMERIC,
  BIGNUMERIC,
  STRING,
  BYTES,
  DATE,
  DATETIME,
  TIME,
  TIMESTAMP,
  JSON;

  /** Reads a type name, also in the legacy form that the API answers ({@code INTEGER}, …). */
  public static ColumnType of(String name) {
    return switch (name) {
      case "BOOLEAN" -> BOOL;
      case "INTEGER" -> INT64;
      case "FLOAT" -> FLOAT64;
      case "DECIMAL" -> NUMERIC;
      case "BIGDECIMAL" -> BIGNUMERIC;
      default -> valueOf(name);
    };
  }
}
