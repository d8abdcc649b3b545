package dev.naru.bigquery.mart;

import com.google.api.services.bigquery.model.JobStatistics2;
import com.google.api.services.bigquery.model.Table;
import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.bigquery.Query;
import dev.naru.bigquery.Resources;
import java.util.Map;
import java.util.Optional;

/**
 * At most what a publish is billed for: what the statements of {@link PublishSql} read, by the
 * sizes of the tables, and by a dry run where partitions are deleted, which BigQuery does without
 * reading them.
 */
final class PublishCost {

  private final Resources resources;
  private final Query query;

  PublishCost(Resources resources, Query query) {
    this.resources = resources;
    this.query = query;
  }

  /** Of a publish whose candidate there is. */
  Cost of(MartTable table, Table candidate, Window window, MartLedger ledger) {
    var target = target(table);
    var swaps =
        target
            .map(
                has -> {
                  var columns = ColumnTypes.columns(candidate.getSchema());
                  return Shape.change(table, Optional.of(has), columns).swaps();
                })
            .orElse(false);
    return of(table, window, target, size(candidate), swaps, ledger);
  }

  /** Of one whose candidate there is not: it is taken to be as large as what it replaces. */
  Cost expected(MartTable table, Window window, Optional<Long> rowsBefore, MartLedger ledger) {
    var target = target(table);
    var candidate = target.map(has -> replaced(table, window, has, rowsBefore)).orElse(0L);
    return of(table, window, target, candidate, false, ledger);
  }

  private long replaced(MartTable table, Window window, Table target, Optional<Long> rowsBefore) {
    var before =
        rowsBefore
            .filter(_ -> Candidates.rows(target) > 0)
            .map(rows -> (double) size(target) / Candidates.rows(target) * rows)
            .map(Double::longValue)
            .orElse(0L);
    return switch (table.materialization()) {
      case Materialization.Full _ -> size(target);
      case Materialization.Partitions _ ->
          asked("SELECT * FROM", table, window, target)
              .map(JobStatistics2::getTotalBytesProcessed)
              .filter(bytes -> bytes > before)
              .orElse(before);
      case Materialization.Merge _ -> before;
      case Materialization.View _, Materialization.MaterializedView _ -> 0L;
    };
  }

  private Cost of(
      MartTable table,
      Window window,
      Optional<Table> target,
      long candidate,
      boolean swaps,
      MartLedger ledger) {
    var size = target.map(PublishCost::size).orElse(0L);
    var deletes =
        target
            .filter(_ -> !swaps)
            .flatMap(has -> asked("DELETE FROM", table, window, has))
            .map(Cost::of);
    return statements(table.materialization(), candidate, size, ledger.bytes(), swaps, deletes);
  }

  private Optional<Table> target(MartTable table) {
    return Shape.kind(table.materialization()).equals("TABLE")
        ? resources.table(table.id()).filter(has -> Shape.kind(has).equals("TABLE"))
        : Optional.empty();
  }

  static long size(Table table) {
    return Optional.ofNullable(table.getNumBytes()).orElse(0L);
  }

  /** A dry run of what is done with the partitions of a window. */
  private Optional<JobStatistics2> asked(
      String what, MartTable table, Window window, Table target) {
    if (!(table.materialization() instanceof Materialization.Partitions partitions)) {
      return Optional.empty();
    }
    try {
      var fields = ColumnTypes.fields(target.getSchema());
      var within = WindowSql.of(table.path(), partitions.partitioning(), fields, window).within("");
      var sql = "%s %s\nWHERE %s".formatted(what, table.id().sql(), within);
      return Optional.of(query.dryRun(Parameters.job(sql, new Statement("", Map.of()))));
    } catch (ActionNeededFailure e) {
      // what is wrong is told by the publish, in its own words
      return Optional.empty();
    }
  }

  /**
   * Of a publish with tables of these sizes.
   *
   * @param swaps whether it is built beside the target
   * @param deletes what deleting the window's partitions costs, when that was asked
   */
  static Cost statements(
      Materialization materialization,
      long candidate,
      long target,
      long ledger,
      boolean swaps,
      Optional<Cost> deletes) {
    var guards = Cost.whole(ledger, ledger);
    var moved = Cost.whole(candidate, candidate);
    return switch (materialization) {
      case Materialization.View _, Materialization.MaterializedView _ -> guards;
      case Materialization.Full _ -> guards.plus(moved).plus(swaps ? Cost.whole(0) : Cost.NOTHING);
      case Materialization.Partitions _ ->
          guards
              .plus(moved)
              .plus(Cost.whole(candidate))
              .plus(deletes.orElse(Cost.whole(target)))
              .plus(swaps ? Cost.whole(0, target) : Cost.NOTHING);
      case Materialization.Merge _ ->
          guards
              .plus(moved)
              .plus(Cost.whole(candidate, target))
              .plus(swaps ? Cost.whole(0, target) : Cost.NOTHING);
    };
  }
}
