package dev.naru.worker.source.postgresql;

import java.util.List;

/**
 * A table as the catalogue has it.
 *
 * @param kind {@code relkind}: r table, p partitioned, v view, m materialized view, f foreign
 * @param columns all columns in their order, with the readable ones marked
 * @param primaryKey names of its columns, empty when there is none
 * @param pages blocks of the heap, 0 for what has none
 * @param bytes with TOAST and partitions, without indexes
 * @param rows estimate, −1 when the table was never analyzed
 * @param majorVersion of the server
 */
record PgTable(
    long oid,
    String schema,
    String name,
    char kind,
    List<TableColumn> columns,
    List<String> primaryKey,
    long pages,
    long bytes,
    long rows,
    boolean filteredByPolicies,
    int majorVersion) {

  /** First version that reads a range of blocks without reading the blocks before. */
  private static final int TID_RANGE_SCAN_SINCE = 14;

  record TableColumn(String name, PgTypes.PgType type, boolean readable) {}

  /** Name for SQL. */
  String sql() {
    return Sql.table(schema, name);
  }

  /** Name for people. */
  String title() {
    return schema + "." + name;
  }

  List<String> columnNames() {
    return columns.stream().map(TableColumn::name).toList();
  }

  boolean canReadByBlocks() {
    return (kind == 'r' || kind == 'm') && majorVersion >= TID_RANGE_SCAN_SINCE;
  }
}
