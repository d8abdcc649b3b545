package dev.naru.sql;

import java.util.List;

/**
 * The columns of a table that a statement may name.
 *
 * @param partitionedByIngestion whether it has the pseudo columns {@code _PARTITIONTIME} and {@code
 *     _PARTITIONDATE}
 */
public record TableSchema(TableName name, List<Column> columns, boolean partitionedByIngestion) {

  public TableSchema {
    columns = List.copyOf(columns);
  }

  /** A table without pseudo columns of its own. */
  public TableSchema(TableName name, List<Column> columns) {
    this(name, columns, false);
  }
}
