package dev.naru.worker.avro;

import dev.naru.bigquery.Column;
import dev.naru.bigquery.ColumnType;

/**
 * One column of a file.
 *
 * @param precision digits of a decimal in the file, at most 76; 0 for other types
 * @param scale digits of them after the point, at most 38
 */
public record Field(Column column, int precision, int scale) {

  /** A column that may be NULL. */
  public static Field of(String name, ColumnType type) {
    return new Field(Column.nullable(name, type), 0, 0);
  }

  /** A decimal column that may be NULL, in the narrowest type of BigQuery that holds it. */
  public static Field decimal(String name, int precision, int scale) {
    var type = fits(precision, scale, 29, 9) ? ColumnType.NUMERIC : ColumnType.BIGNUMERIC;
    return new Field(Column.nullable(name, type), precision, scale);
  }

  /** Whether BigQuery has a decimal type for that many digits. */
  public static boolean isDecimal(int precision, int scale) {
    return fits(precision, scale, 38, 38);
  }

  /** This field as an array of itself. */
  public Field repeated() {
    return new Field(column.withMode(Column.Mode.REPEATED), precision, scale);
  }

  public String name() {
    return column.name();
  }

  public boolean isRepeated() {
    return column.mode() == Column.Mode.REPEATED;
  }

  private static boolean fits(int precision, int scale, int integerDigits, int maxScale) {
    return scale <= maxScale && precision - scale <= integerDigits;
  }
}
