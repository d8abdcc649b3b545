package dev.naru.worker.source;

import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.runfile.RunFile;
import java.util.List;

/** Which columns of a table a job reads, and whether it reads those that it names elsewhere. */
public final class Selection {

  private final String table;
  private final List<String> existing;
  private final List<String> selected;

  private Selection(String table, List<String> existing, List<String> selected) {
    this.table = table;
    this.existing = existing;
    this.selected = selected;
  }

  /**
   * The columns a run selects; refuses names that the table or BigQuery cannot have.
   *
   * @param table for messages
   * @param existing columns of the table in their order
   */
  public static Selection of(RunFile run, String table, List<String> existing) {
    var include = run.table().includeColumns();
    var exclude = run.table().excludeColumns();
    ColumnNames.checkExists("spec.source.columns.include", table, include, existing);
    ColumnNames.checkExists("spec.source.columns.exclude", table, exclude, existing);
    var selected =
        existing.stream()
            .filter(name -> include.isEmpty() || include.contains(name))
            .filter(name -> !exclude.contains(name))
            .toList();
    if (selected.isEmpty()) {
      throw new ActionNeededFailure(
          SourceReason.COLUMN_NOT_FOUND,
          "spec.source.columns leaves no column of %s to read.".formatted(table));
    }
    var selection = new Selection(table, existing, selected);
    selection.checkNamed("spec.primaryKey", run.primaryKey());
    selection.checkNamed("spec.destination.clusterBy", run.destination().clusterBy());
    selection.checkNamed(
        "spec.destination.partitionBy.column",
        run.destination().partitionBy().map(RunFile.Partitioning::column).stream().toList());
    selection.checkNamed(
        "spec.load.incremental.cursor.column",
        run.load().cursor().map(RunFile.Cursor::column).stream().toList());
    return selection;
  }

  /** Refuses a selection whose names BigQuery cannot have. */
  public void checkSupported() {
    ColumnNames.checkSupported(table, selected);
  }

  public boolean contains(String name) {
    return selected.contains(name);
  }

  private void checkNamed(String field, List<String> named) {
    ColumnNames.checkExists(field, table, named, existing);
    ColumnNames.checkSelected(field, named, selected);
  }
}
