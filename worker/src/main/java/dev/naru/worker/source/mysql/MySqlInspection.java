package dev.naru.worker.source.mysql;

import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.runfile.RunFile;
import dev.naru.worker.source.Filter;
import dev.naru.worker.source.Selection;
import dev.naru.worker.source.SourceReason;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Checks what a job says against what the table is. */
final class MySqlInspection {

  private final MySqlSession session;
  private final MySqlCatalog catalog;
  private final RunFile run;
  private final String username;
  private final List<String> warnings = new ArrayList<>();

  MySqlInspection(MySqlSession session, MySqlCatalog catalog, RunFile run, String username) {
    this.session = session;
    this.catalog = catalog;
    this.run = run;
    this.username = username;
  }

  /** The columns to read; refuses what cannot work. */
  List<MySqlColumn> check(MySqlTable table) {
    if (run.load().mode() == RunFile.Mode.INCREMENTAL) {
      throw new ActionNeededFailure(
          SourceReason.MODE_UNSUPPORTED,
          "spec.load.mode: Incremental is not yet supported for Connections of type MySQL, because a change that commits late could be missed. Use Full.");
    }
    var selection = Selection.of(run, table.title(), table.columnNames());
    selection.checkSupported();
    var columns =
        table.columns().stream().filter(column -> selection.contains(column.name())).toList();
    checkReadable(table, columns);
    run.table().filter().ifPresent(filter -> checkFilter(table, filter));
    warn(table);
    return columns;
  }

  List<String> warnings() {
    return List.copyOf(warnings);
  }

  private void checkReadable(MySqlTable table, List<MySqlColumn> columns) {
    try {
      session.query(
          "SELECT %s FROM %s LIMIT 0"
              .formatted(
                  columns.stream().map(MySqlColumn::expression).collect(Collectors.joining(", ")),
                  table.sql()));
    } catch (SQLException e) {
      if (e.getErrorCode() != MySqlErrors.TABLE_DENIED
          && e.getErrorCode() != MySqlErrors.COLUMN_DENIED) {
        throw session.errors().running("checking the columns", e);
      }
      throw new ActionNeededFailure(
          SourceReason.SOURCE_ACCESS_DENIED,
          "The user '%s' may not read all columns of %s (%s). Run: GRANT SELECT ON %s TO '%s'@'%%'; or leave columns out with spec.source.columns.exclude."
              .formatted(
                  username, table.title(), session.errors().server(e), table.sql(), username),
          e);
    }
  }

  private void checkFilter(MySqlTable table, String filter) {
    Filter.checkMysql(filter);
    try {
      session.query("EXPLAIN SELECT 1 FROM %s WHERE (%s)".formatted(table.sql(), filter));
    } catch (SQLException e) {
      var state = e.getSQLState() == null ? "" : e.getSQLState();
      if (!state.startsWith("42") && !state.startsWith("22")) {
        throw session.errors().running("checking the filter", e);
      }
      throw new ActionNeededFailure(
          SourceReason.FILTER_INVALID,
          "spec.source.filter: the server answers: %s. The filter is one SQL predicate over the columns of %s."
              .formatted(session.errors().server(e), table.title()),
          e);
    }
  }

  private void warn(MySqlTable table) {
    if (!run.primaryKey().isEmpty()
        && !table.view()
        && !catalog.isUnique(table, run.primaryKey())) {
      warnings.add(
          "spec.primaryKey: no unique index of %s is over exactly (%s); rows that share a key are merged into one."
              .formatted(table.title(), String.join(", ", run.primaryKey())));
    }
    if (!table.hasSnapshots()) {
      warnings.add(
          "%s is stored by %s, which has no snapshots: rows that change during the read may be seen before or after the change. ALTER TABLE %s ENGINE=InnoDB mends it."
              .formatted(table.title(), table.engine(), table.sql()));
    }
  }
}
