package dev.naru.worker.source;

import dev.naru.bigquery.ColumnType;
import java.util.Optional;

/** What orders changes. */
public enum CursorType {
  /** A point in time. */
  TIMESTAMP,
  /** A wall clock whose zone the database does not know. */
  DATETIME,
  /** A day somewhere on earth. */
  DATE,
  /** A number from a sequence: finds new rows only. */
  INTEGER;

  /** The kind of cursor that a column makes, if it makes one. */
  public static Optional<CursorType> of(ColumnType type) {
    return switch (type) {
      case TIMESTAMP -> Optional.of(TIMESTAMP);
      case DATETIME -> Optional.of(DATETIME);
      case DATE -> Optional.of(DATE);
      case INT64 -> Optional.of(INTEGER);
      case BOOL, FLOAT64, NUMERIC, BIGNUMERIC, STRING, BYTES, TIME, JSON -> Optional.empty();
    };
  }
}
