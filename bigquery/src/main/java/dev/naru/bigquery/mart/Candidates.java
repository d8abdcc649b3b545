package dev.naru.bigquery.mart;

import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableFieldSchema;
import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.bigquery.Resources;
import dev.naru.bigquery.Sql;
import dev.naru.bigquery.TableId;
import dev.naru.bigquery.WarehouseReason;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What a run stages: candidates, and previews of targets as they will be. */
final class Candidates {

  private final Resources resources;
  private final MartJobs jobs;

  Candidates(Resources resources, MartJobs jobs) {
    this.resources = resources;
    this.jobs = jobs;
  }

  MartWarehouse.Built build(
      MartRun run, MartTable table, Statement query, TableId candidate, long maxBytes) {
    var sql = SqlScan.single(table.path(), query.sql());
    var isTable = Shape.kind(table.materialization()).equals("TABLE");
    if (!isTable) {
      Parameters.refuse(table.path(), Shape.word(table.materialization()), sql);
    }
    var configuration =
        isTable
            ? Parameters.job(tableText(run, table, candidate, sql), query)
            : Parameters.job(viewText(run, table, candidate, sql), new Statement(sql, Map.of()));
    configuration.setLabels(Seen.label(resources.table(table.id())));
    var job = jobs.run(new MartJobs.Step(run, table, "build"), configuration, maxBytes);
    var built = get(table, candidate);
    var columns = ColumnTypes.columns(built.getSchema());
    DeclaredNames.check(table, columns);
    return new MartWarehouse.Built(
        isTable ? rows(built) : 0, MartJobs.billed(job), columns, Seen.by(job));
  }

  /** A candidate that was built. */
  Table get(MartTable table, TableId candidate) {
    return resources
        .table(candidate)
        .orElseThrow(
            () ->
                new ActionNeededFailure(
                    WarehouseReason.TABLE_NOT_FOUND,
                    "%s: the candidate %s is gone: it expired, or somebody removed it. %s was not touched; request a new run."
                        .formatted(table.path(), candidate, table.id())));
  }

  static long rows(Table table) {
    return table.getNumRows() == null ? 0 : table.getNumRows().longValueExact();
  }

  /** The query stands in parentheses on lines of its own: no comment of it hides what follows. */
  static String tableText(MartRun run, MartTable table, TableId candidate, String sql) {
    return "CREATE OR REPLACE TABLE %s %s AS (\n%s\n)"
        .formatted(candidate.sql(), options(run, table, "candidate"), sql);
  }

  static String viewText(MartRun run, MartTable table, TableId view, String sql) {
    return "CREATE OR REPLACE VIEW %s %s AS\n%s"
        .formatted(view.sql(), options(run, table, "candidate"), sql);
  }

  private static String options(MartRun run, MartTable table, String kind) {
    var labels = new TreeMap<>(table.owner().labels());
    labels.put("naru_kind", kind);
    labels.put("naru_run", MartJobs.label(run.id()));
    return "OPTIONS (expiration_timestamp = %s, labels = %s)"
        .formatted(Sql.timestamp(run.keepUntil()), labels(labels));
  }

  /** As an option writes them. */
  static String labels(Map<String, String> labels) {
    return labels.entrySet().stream()
        .map(
            label -> "(%s, %s)".formatted(Sql.string(label.getKey()), Sql.string(label.getValue())))
        .collect(Collectors.joining(", ", "[", "]"));
  }

  void preview(MartRun run, MartTable table, TableId candidate, Window window, TableId preview) {
    if (resources.table(preview).isPresent()) {
      // of this run; made anew after a crash it would show what the run itself has published since
      return;
    }
    var fields = ColumnTypes.fields(get(table, candidate).getSchema());
    var target = resources.table(table.id()).filter(found -> Shape.kind(found).equals("TABLE"));
    var names =
        fields.stream()
            .map(field -> Sql.identifier(field.getName()))
            .collect(Collectors.joining(", "));
    var all = "SELECT %s\nFROM %s".formatted(names, candidate.sql());
    var sql =
        switch (table.materialization()) {
          case Materialization.Full _, Materialization.View _, Materialization.MaterializedView _ ->
              all;
          case Materialization.Partitions partitions ->
              target
                  .map(
                      has ->
                          all
                              + "\nUNION ALL\n"
                              + kept(table, fields, has)
                              + "\nWHERE "
                              + WindowSql.of(
                                      table.path(), partitions.partitioning(), fields, window)
                                  .outside("naru_old."))
                  .orElse(all);
          case Materialization.Merge merge -> {
            var newest = PublishSql.newest(merge, names, candidate);
            yield target
                .map(
                    has ->
                        "SELECT %s FROM (\n%s\n)\nUNION ALL\n%s\nWHERE %sNOT EXISTS (SELECT 1 FROM %s AS naru_new WHERE %s)"
                            .formatted(
                                names,
                                newest,
                                kept(table, fields, has),
                                Partitioned.everyRow(has, "naru_old.")
                                    .map(every -> every + " AND ")
                                    .orElse(""),
                                candidate.sql(),
                                PublishSql.sameKey(merge, List.of())))
                .orElse(newest);
          }
        };
    jobs.run(
        new MartJobs.Step(run, table, "preview"),
        Parameters.job(viewText(run, table, preview, sql), new Statement(sql, Map.of())),
        Cost.NOTHING.safely());
  }

  /** The target's rows, in the candidate's columns and types. */
  private static String kept(MartTable table, List<TableFieldSchema> fields, Table target) {
    var has = new TreeMap<String, TableFieldSchema>(String.CASE_INSENSITIVE_ORDER);
    ColumnTypes.fields(target.getSchema()).forEach(field -> has.put(field.getName(), field));
    var columns =
        fields.stream()
            .map(field -> value(field, has.get(field.getName())))
            .collect(Collectors.joining(", "));
    return "SELECT %s\nFROM %s AS naru_old".formatted(columns, table.id().sql());
  }

  private static String value(TableFieldSchema wanted, TableFieldSchema has) {
    var type = ColumnTypes.unbounded(ColumnTypes.text(wanted));
    if (has == null) {
      return "CAST(NULL AS %s) AS %s".formatted(type, Sql.identifier(wanted.getName()));
    }
    var name = "naru_old." + Sql.identifier(wanted.getName());
    return ColumnTypes.same(ColumnTypes.text(has), type)
        ? name
        : "CAST(%s AS %s) AS %s".formatted(name, type, Sql.identifier(wanted.getName()));
  }
}
