package dev.naru.bigquery.mart;

import com.google.api.services.bigquery.model.Table;
import dev.naru.bigquery.Failure;
import dev.naru.bigquery.Query;
import dev.naru.bigquery.Resources;
import dev.naru.bigquery.RetryableFailure;
import dev.naru.bigquery.Sql;
import dev.naru.bigquery.WarehouseReason;
import dev.naru.runfile.Hashes;
import dev.naru.runfile.Warehouse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Makes a view or materialized view as declared; nothing is written when it is so already. */
final class ViewPublish {

  /** Says of what text the view was made, options included. */
  private static final String TEXT = "naru_view";

  private static final int TRIES = 5;

  private final Resources resources;
  private final Query query;
  private final MartJobs jobs;
  private final RowPolicies policies;
  private final Warehouse warehouse;

  ViewPublish(
      Resources resources, Query query, MartJobs jobs, RowPolicies policies, Warehouse warehouse) {
    this.resources = resources;
    this.query = query;
    this.jobs = jobs;
    this.policies = policies;
    this.warehouse = warehouse;
  }

  MartWarehouse.Published publish(TablePublish.Order order) {
    var table = order.table();
    var sql = SqlScan.single(table.path(), order.query().sql());
    Parameters.refuse(table.path(), Shape.word(table.materialization()), sql);
    var swap = new Swap(resources, jobs, policies, warehouse, order);
    order.ledger().create();
    var done = order.ledger().published(order.run(), table.id());
    if (done.isPresent()) {
      swap.tidy();
      return new MartWarehouse.Published(0, jobs.billed(done.get()));
    }
    var existing = resources.table(table.id());
    var isMade = existing.map(has -> isMadeOf(has, table, sql)).orElse(false);
    if (!isMade && existing.isPresent()) {
      // what is missing has no rows to lose; this run itself may have moved it aside
      order.check(existing, List.of());
    }
    existing.ifPresent(has -> Ownership.check(table, has));
    var change = Shape.change(table, existing, columns(order, existing, sql));
    Shape.permit(table, change);
    var billed = make(order, isMade, existing, sql);
    describe(order);
    swap.tidy();
    return new MartWarehouse.Published(0, billed);
  }

  /** What the query answers; only asked for when it differs from what is there. */
  private List<MartWarehouse.Column> columns(
      TablePublish.Order order, Optional<Table> existing, String sql) {
    if (existing.isEmpty() || isMadeOf(existing.get(), order.table(), sql)) {
      return existing.map(has -> ColumnTypes.columns(has.getSchema())).orElse(List.of());
    }
    var answer = query.dryRun(Parameters.job(sql, new Statement(sql, Map.of())));
    return ColumnTypes.columns(answer.getSchema());
  }

  private static boolean isMadeOf(Table existing, MartTable table, String sql) {
    var text =
        existing.getView() != null
            ? existing.getView().getQuery()
            : existing.getMaterializedView() != null
                ? existing.getMaterializedView().getQuery()
                : "";
    return Shape.kind(existing).equals(Shape.kind(table.materialization()))
        && text.strip().equals(sql.strip())
        && fingerprint(table, sql).equals(Ownership.labels(existing).get(TEXT));
  }

  private static String fingerprint(MartTable table, String sql) {
    return Hashes.sha256Hex(head(table), options(table).toString(), sql).substring(0, 16);
  }

  /**
   * Makes the view, unless it is there, and records it. Statements that define something cannot
   * stand in a transaction: one that stopped half-way is gone on with by whoever looks next.
   *
   * @return bytes billed
   */
  private long make(
      TablePublish.Order order, boolean isMade, Optional<Table> existing, String sql) {
    var table = order.table();
    var row = order.row(sql, 0, 0);
    var statements = new ArrayList<>(PublishSql.guards(order.ledger(), row, false));
    if (!isMade) {
      statements.add(definition(order, existing, sql) + ";");
    }
    statements.add(order.ledger().insert(row));
    var text = String.join("\n\n", statements);
    try {
      return MartJobs.billed(
          jobs.finish(
              new MartJobs.Step(order.run(), table, "publish"),
              text,
              row,
              Cost.whole(order.ledger().bytes(), order.ledger().bytes())));
    } catch (Failure e) {
      throw PublishSql.Guard.in(e).map(guard -> PublishSql.refused(guard, table, e)).orElse(e);
    }
  }

  private String definition(TablePublish.Order order, Optional<Table> existing, String sql) {
    var table = order.table();
    var other =
        existing.filter(has -> !Shape.kind(has).equals(Shape.kind(table.materialization())));
    if (other.isPresent()) {
      // what replaces it must not fail when it is gone
      query.dryRun(
          Parameters.job(
              create(table, Optional.empty(), sql)
                  .replace(
                      table.id().sql(),
                      new Swap(resources, jobs, policies, warehouse, order).id().sql()),
              new Statement("", Map.of())));
    }
    return aside(order, other) + create(table, existing, sql);
  }

  private String aside(TablePublish.Order order, Optional<Table> other) {
    var id = order.table().id();
    return other
        .map(
            has ->
                switch (Shape.kind(has)) {
                  case "VIEW" -> "DROP VIEW %s;\n".formatted(id.sql());
                  case "MATERIALIZED_VIEW" -> "DROP MATERIALIZED VIEW %s;\n".formatted(id.sql());
                  default ->
                      "ALTER TABLE %s RENAME TO %s;\n"
                          .formatted(
                              id.sql(),
                              Sql.identifier(
                                  new Swap(resources, jobs, policies, warehouse, order)
                                      .old()
                                      .table()));
                })
        .orElse("");
  }

  private static String head(MartTable table) {
    return switch (table.materialization()) {
      case Materialization.MaterializedView _ -> "MATERIALIZED VIEW";
      case Materialization.View _,
          Materialization.Full _,
          Materialization.Partitions _,
          Materialization.Merge _ ->
          "VIEW";
    };
  }

  /** Labels that others put there stay. */
  private String create(MartTable table, Optional<Table> existing, String sql) {
    var labels = new TreeMap<>(existing.map(Ownership::labels).orElse(Map.of()));
    labels.putAll(new Governance(warehouse, table).labels());
    labels.put(TEXT, fingerprint(table, sql));
    var options = new ArrayList<>(options(table));
    table.description().ifPresent(text -> options.add("description = " + Sql.string(text)));
    options.add("labels = " + Candidates.labels(labels));
    var cluster =
        table.materialization() instanceof Materialization.MaterializedView
                && !table.clusterBy().isEmpty()
            ? " CLUSTER BY "
                + String.join(", ", table.clusterBy().stream().map(Sql::identifier).toList())
            : "";
    return "CREATE OR REPLACE %s %s%s OPTIONS (%s) AS\n%s"
        .formatted(head(table), table.id().sql(), cluster, String.join(", ", options), sql);
  }

  private static List<String> options(MartTable table) {
    if (!(table.materialization() instanceof Materialization.MaterializedView view)) {
      return List.of();
    }
    var options = new ArrayList<String>();
    options.add("enable_refresh = true");
    view.refreshInterval()
        .ifPresent(every -> options.add("refresh_interval_minutes = " + every.toMinutes()));
    view.maxStaleness().ifPresent(age -> options.add("max_staleness = " + interval(age)));
    return options;
  }

  private static String interval(Duration age) {
    return "INTERVAL '%d:%d:%d' HOUR TO SECOND"
        .formatted(age.toHours(), age.toMinutesPart(), age.toSecondsPart());
  }

  /** Descriptions of columns and the expiration are no part of the text. */
  private void describe(TablePublish.Order order) {
    var table = order.table();
    for (var attempt = 0; attempt < TRIES; attempt++) {
      var has = resources.table(table.id());
      if (has.isEmpty()) {
        break;
      }
      var patch =
          new Governance(warehouse, table)
              .patch(
                  has.get(), List.of(), Optional.of(order.run().started()), order.run().started());
      if (patch.isEmpty()
          || resources.patch(table.id(), patch.get().table(), has.get().getEtag())) {
        return;
      }
    }
    throw new RetryableFailure(
        WarehouseReason.TABLE_NOT_FOUND,
        "%s: %s vanished or kept changing while it was published. The run will be tried again."
            .formatted(table.path(), table.id()));
  }
}
