package dev.naru.bigquery;

import static dev.naru.bigquery.ColumnType.BIGNUMERIC;
import static dev.naru.bigquery.ColumnType.BYTES;
import static dev.naru.bigquery.ColumnType.FLOAT64;
import static dev.naru.bigquery.ColumnType.INT64;
import static dev.naru.bigquery.ColumnType.NUMERIC;
import static dev.naru.bigquery.ColumnType.STRING;

/**
 * Which column can hold every value of which other. A column holds another when a cast loses
 * nothing: INT64 in NUMERIC and BIGNUMERIC, NUMERIC in BIGNUMERIC, and more digits or characters of
 * one type. Never into FLOAT64 (digits are lost) and never into STRING (another meaning).
 */
final class Widening {

  private Widening() {}

  /** Whether every value of {@code value} fits {@code holder}, NULL aside. */
  static boolean holds(Column holder, Column value) {
    var repeated = holder.mode() == Column.Mode.REPEATED || value.mode() == Column.Mode.REPEATED;
    if (repeated && (holder.mode() != value.mode() || holder.type() != value.type())) {
      return false;
    }
    return switch (holder.type()) {
      case NUMERIC, BIGNUMERIC -> holdsDecimal(holder, value);
      case STRING, BYTES -> holder.type() == value.type() && holdsLength(holder, value);
      case BOOL, INT64, FLOAT64, DATE, DATETIME, TIME, TIMESTAMP, JSON ->
          holder.type() == value.type();
    };
  }

  private static boolean holdsLength(Column holder, Column value) {
    return holder.precision().isEmpty()
        || (value.precision().isPresent() && value.precision().get() <= holder.precision().get());
  }

  private static boolean holdsDecimal(Column holder, Column value) {
    var isDecimal = value.type() == INT64 || value.type() == NUMERIC || value.type() == BIGNUMERIC;
    return isDecimal
        && before(holder) >= before(value)
        && after(holder) >= after(value)
        && !(holder.type() == NUMERIC && value.type() == BIGNUMERIC);
  }

  /** Digits before the point that a decimal column holds; INT64 has up to 19. */
  private static int before(Column column) {
    if (column.precision().isPresent()) {
      return column.precision().get() - column.scale().orElse(0);
    }
    return column.type() == INT64 ? 19 : column.type() == NUMERIC ? 29 : 38;
  }

  private static int after(Column column) {
    if (column.precision().isPresent()) {
      return column.scale().orElse(0);
    }
    return column.type() == INT64 ? 0 : column.type() == NUMERIC ? 9 : 38;
  }

  /**
   * Whether {@code ALTER COLUMN … SET DATA TYPE} turns one into the other without loss. BigQuery
   * also allows FLOAT64; Naru does not, for digits would be lost.
   */
  static boolean canAlter(Column from, Column to) {
    if (from.type() == to.type()) {
      return holds(to, from) && from.type() != FLOAT64;
    }
    return from.mode() != Column.Mode.REPEATED
        && holds(to, from)
        && from.type() != STRING
        && from.type() != BYTES;
  }
}
