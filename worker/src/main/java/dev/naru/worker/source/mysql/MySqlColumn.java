package dev.naru.worker.source.mysql;

import dev.naru.bigquery.ColumnType;
import dev.naru.worker.avro.Field;
import java.util.Locale;

/**
 * A column on its way from MySQL to a file.
 *
 * @param name as in the source
 * @param expression what the SELECT says
 */
record MySqlColumn(String name, String expression, Kind kind, Field field) {

  /**
   * A column as {@code information_schema} describes it.
   *
   * @param dataType e.g. {@code bigint}
   * @param columnType e.g. {@code bigint(20) unsigned}
   * @param precision digits of a decimal, bits of a BIT
   * @param json whether the server checks that it holds JSON
   */
  static MySqlColumn of(
      String name, String dataType, String columnType, int precision, int scale, boolean json) {
    var unsigned = columnType.toLowerCase(Locale.ROOT).contains("unsigned");
    return switch (dataType.toLowerCase(Locale.ROOT)) {
      case "tinyint" ->
          columnType.startsWith("tinyint(1)")
              ? plain(name, Kind.BOOL, ColumnType.BOOL)
              : plain(name, Kind.INTEGER, ColumnType.INT64);
      case "smallint", "mediumint", "int", "year" -> plain(name, Kind.INTEGER, ColumnType.INT64);
      case "bigint" ->
          unsigned
              ? new MySqlColumn(name, quoted(name), Kind.UNSIGNED, Field.decimal(name, 20, 0))
              : plain(name, Kind.INTEGER, ColumnType.INT64);
      case "bit" -> bit(name, precision);
      case "float" -> plain(name, Kind.FLOAT, ColumnType.FLOAT64);
      case "double" -> plain(name, Kind.DOUBLE, ColumnType.FLOAT64);
      case "decimal" ->
          Field.isDecimal(precision, scale)
              ? new MySqlColumn(
                  name, quoted(name), Kind.DECIMAL, Field.decimal(name, precision, scale))
              : cast(name);
      case "json" -> plain(name, Kind.TEXT, ColumnType.JSON);
      case "char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set" ->
          plain(name, Kind.TEXT, json ? ColumnType.JSON : ColumnType.STRING);
      case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob" ->
          plain(name, Kind.BYTES, ColumnType.BYTES);
      case "date" -> plain(name, Kind.DATE, ColumnType.DATE);
      case "datetime" -> plain(name, Kind.DATETIME, ColumnType.DATETIME);
      case "timestamp" -> plain(name, Kind.DATETIME, ColumnType.TIMESTAMP);
      case "time" -> plain(name, Kind.DURATION, ColumnType.STRING);
      case "geometry",
          "point",
          "linestring",
          "polygon",
          "multipoint",
          "multilinestring",
          "multipolygon",
          "geometrycollection",
          "geomcollection" ->
          new MySqlColumn(
              name,
              "ST_AsText(%s)".formatted(quoted(name)),
              Kind.TEXT,
              Field.of(name, ColumnType.STRING));
      default -> cast(name);
    };
  }

  private static MySqlColumn bit(String name, int bits) {
    if (bits == 1) {
      return plain(name, Kind.BOOL, ColumnType.BOOL);
    }
    return bits < Long.SIZE
        ? plain(name, Kind.BITS, ColumnType.INT64)
        : plain(name, Kind.BYTES, ColumnType.BYTES);
  }

  private static MySqlColumn plain(String name, Kind kind, ColumnType type) {
    return new MySqlColumn(name, quoted(name), kind, Field.of(name, type));
  }

  private static MySqlColumn cast(String name) {
    return new MySqlColumn(
        name,
        "CAST(%s AS CHAR)".formatted(quoted(name)),
        Kind.TEXT,
        Field.of(name, ColumnType.STRING));
  }

  private static String quoted(String name) {
    return Sql.identifier(name);
  }
}
