package dev.naru.worker.source;

import dev.naru.bigquery.Column;
import java.util.List;

/**
 * What the source's catalogue says about the table.
 *
 * @param columns selected columns in the source's order, as BigQuery will hold them
 * @param primaryKey declared key of the source table; empty when it has none
 * @param estimatedRows from statistics, −1 when unknown; for sizing, never for proof
 * @param estimatedBytes size on the server's disk, −1 when unknown
 * @param serverVersion e.g. {@code PostgreSQL 15.18}
 * @param role {@code Primary} or {@code Replica}
 * @param warnings what works but not as well as it could, with what to do
 */
public record TableInfo(
    String schema,
    String name,
    List<Column> columns,
    List<String> primaryKey,
    long estimatedRows,
    long estimatedBytes,
    String serverVersion,
    String role,
    List<String> warnings) {

  public TableInfo {
    columns = List.copyOf(columns);
    primaryKey = List.copyOf(primaryKey);
    warnings = List.copyOf(warnings);
  }
}
