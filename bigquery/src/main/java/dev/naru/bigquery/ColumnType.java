package dev.naru.bigquery;

import java.util.Arrays;
import java.util.Optional;

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

  /** The type of a name, also in the legacy form that the API answers ({@code INTEGER}, …). */
  public static Optional<ColumnType> find(String name) {
    var modern =
        switch (name) {
          case "BOOLEAN" -> "BOOL";
          case "INTEGER" -> "INT64";
          case "FLOAT" -> "FLOAT64";
          case "DECIMAL" -> "NUMERIC";
          case "BIGDECIMAL" -> "BIGNUMERIC";
          default -> name;
        };
    return Arrays.stream(values()).filter(type -> type.name().equals(modern)).findFirst();
  }
}
