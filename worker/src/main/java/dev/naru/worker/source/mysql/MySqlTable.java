package dev.naru.worker.source.mysql;

import java.util.List;

/**
 * A table as {@code information_schema} has it.
 *
 * @param view whether it is a view
 * @param engine storage engine, empty for views
 * @param columns all columns the user may see
 * @param primaryKey names of its columns, empty when there is none
 * @param rows estimate, −1 when unknown
 * @param bytes of the rows, −1 when unknown
 * @param rowBytes average, at least 1; at least {@link #LONG_ROW_BYTES} where a value may be long
 */
record MySqlTable(
    String schema,
    String name,
    boolean view,
    String engine,
    List<MySqlColumn> columns,
    List<String> primaryKey,
    long rows,
    long bytes,
    long rowBytes) {

  /** What a row with a LONGTEXT or the like is taken for, whatever the average says. */
  static final long LONG_ROW_BYTES = 512 << 10;

  String sql() {
    return Sql.table(schema, name);
  }

  String title() {
    return schema + "." + name;
  }

  List<String> columnNames() {
    return columns.stream().map(MySqlColumn::name).toList();
  }

  /** Whether a transaction sees one point in time. */
  boolean hasSnapshots() {
    return view || engine.equalsIgnoreCase("InnoDB");
  }
}
