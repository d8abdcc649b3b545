package dev.naru.bigquery.mart;

import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableFieldSchema;
import dev.naru.bigquery.Failure;
import dev.naru.bigquery.Query;
import dev.naru.bigquery.Resources;
import dev.naru.bigquery.RetryableFailure;
import dev.naru.bigquery.TableId;
import dev.naru.bigquery.WarehouseReason;
import dev.naru.runfile.Hashes;
import dev.naru.runfile.Warehouse;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a candidate's rows visible in its target. Safe to repeat after a death at any point. */
final class TablePublish {

  private static final Logger LOG = LoggerFactory.getLogger(TablePublish.class);

  /** Others may change the table while we look; more often than this is no coincidence. */
  private static final int TRIES = 6;

  private final Resources resources;
  private final MartJobs jobs;
  private final Candidates candidates;
  private final RowPolicies policies;
  private final Warehouse warehouse;
  private final Query query;

  TablePublish(
      Resources resources,
      Query query,
      MartJobs jobs,
      Candidates candidates,
      RowPolicies policies,
      Warehouse warehouse) {
    this.resources = resources;
    this.query = query;
    this.jobs = jobs;
    this.candidates = candidates;
    this.policies = policies;
    this.warehouse = warehouse;
  }

  /** One publish, with what all of its steps need. */
  record Order(
      MartRun run,
      MartTable table,
      TableId candidate,
      Statement query,
      Window window,
      Seen seen,
      long billed,
      MartLedger ledger) {

    /**
     * Refuses a target that is not what the run has planned against.
     *
     * @param adds columns that the run may have added to it
     */
    void check(Optional<Table> target, List<TableFieldSchema> adds) {
      seen.check(table, candidate, target, adds);
    }

    /** What the ledger says of it. */
    MartLedger.Row row(String sql, long rows, long bytes) {
      return new MartLedger.Row(
          run,
          table.id(),
          candidate,
          window,
          seen.at(),
          Hashes.sha256Hex(sql).substring(0, 32),
          rows,
          bytes,
          billed);
    }
  }

  MartWarehouse.Published publish(Order order) {
    var run = order.run();
    var table = order.table();
    var swap = new Swap(resources, jobs, policies, warehouse, order);
    order.ledger().create();
    var done = order.ledger().published(run, table.id());
    if (done.isPresent()) {
      swap.finish();
      return new MartWarehouse.Published(done.get().rows(), jobs.billed(done.get()));
    }
    var staged = candidates.get(table, order.candidate());
    DeclaredNames.check(table, ColumnTypes.columns(staged.getSchema()));
    for (var attempt = 0; attempt < TRIES; attempt++) {
      var existing = resources.table(table.id());
      order.check(existing, ColumnTypes.fields(staged.getSchema()));
      if (existing.isEmpty()) {
        create(order, staged);
        continue;
      }
      Ownership.check(table, existing.get());
      var change = Shape.change(table, existing, ColumnTypes.columns(staged.getSchema()));
      Shape.permit(table, change);
      if (change.swaps()) {
        LOG.atInfo().addKeyValue("table", table.id()).addKeyValue("change", change).log("swap");
        var beside = swap.beside(existing.get(), staged);
        var published = commit(order, staged, swap.id(), beside, swap.takesAlong(existing.get()));
        swap.finish();
        return published;
      }
      if (isGoverned(order, existing.get(), staged, change)) {
        return commit(order, staged, table.id(), existing.get(), Optional.empty());
      }
    }
    throw new RetryableFailure(
        WarehouseReason.SCHEMA_CONFLICT,
        "%s: %s kept changing while this run prepared it. Is something else altering the table? The run will be tried again."
            .formatted(table.path(), table.id()));
  }

  private void create(Order order, Table staged) {
    var table = order.table();
    LOG.atInfo().addKeyValue("table", table.id()).log("target create");
    var governance = new Governance(warehouse, table);
    resources.insert(
        table.id(),
        governance.create(
            table.id(),
            ColumnTypes.fields(staged.getSchema()),
            governance.expiry(order.run().started())));
  }

  /** Whether the target was as declared; else it is now, and to be looked at again. */
  private boolean isGoverned(
      Order order, Table existing, Table staged, MartWarehouse.Change change) {
    var table = order.table();
    policies.realise(table.id(), table.rowPolicies());
    var patch =
        new Governance(warehouse, table)
            .patch(
                existing,
                added(staged, change.added()),
                Optional.of(order.run().started()),
                Instant.EPOCH);
    patch.ifPresent(
        wanted -> {
          LOG.atInfo()
              .addKeyValue("table", table.id())
              .addKeyValue("changes", wanted.changes())
              .log("target change");
          resources.patch(table.id(), wanted.table(), existing.getEtag());
        });
    return patch.isEmpty();
  }

  private static List<TableFieldSchema> added(Table staged, List<String> names) {
    return ColumnTypes.fields(staged.getSchema()).stream()
        .filter(field -> names.contains(field.getName()))
        .toList();
  }

  private MartWarehouse.Published commit(
      Order order, Table staged, TableId into, Table state, Optional<Table> from) {
    var row =
        order.row(
            order.query().sql(),
            Candidates.rows(staged),
            Optional.ofNullable(staged.getNumBytes()).orElse(0L));
    var script =
        new PublishSql(
            order.table(),
            into,
            state,
            from,
            order.candidate(),
            order.window(),
            order.ledger(),
            row,
            touched(order.table(), staged, order.candidate()));
    try {
      var job =
          jobs.finish(
              new MartJobs.Step(order.run(), order.table(), "publish"),
              script.sql(),
              row,
              PublishCost.statements(
                  order.table().materialization(),
                  PublishCost.size(staged),
                  PublishCost.size(from.orElse(state)),
                  order.ledger().bytes(),
                  !into.equals(order.table().id()),
                  Optional.empty()));
      return new MartWarehouse.Published(row.rows(), MartJobs.billed(job));
    } catch (Failure e) {
      return published(order, script, e);
    }
  }

  private Optional<Touched> touched(MartTable table, Table staged, TableId candidate) {
    return table.materialization() instanceof Materialization.Merge merge && merge.fixedPartition()
        ? merge
            .partitioning()
            .map(
                by ->
                    WindowSql.partitionField(
                        table.path(), by, ColumnTypes.fields(staged.getSchema())))
            .map(
                field ->
                    Touched.of(
                        field,
                        query
                            .rows(
                                "read partitions of " + candidate,
                                Touched.question(field, candidate))
                            .getFirst()))
        : Optional.empty();
  }

  /** What a failed publish means: that another had done it already is no failure. */
  private MartWarehouse.Published published(Order order, PublishSql script, Failure error) {
    var guard = PublishSql.Guard.in(error);
    if (guard.isEmpty()) {
      throw error;
    }
    if (guard.get() == PublishSql.Guard.ALREADY_PUBLISHED) {
      order.ledger().forget(order.run());
      var done = order.ledger().published(order.run(), order.table().id());
      if (done.isPresent()) {
        return new MartWarehouse.Published(done.get().rows(), jobs.billed(done.get()));
      }
    }
    throw script.failure(guard.get(), error);
  }
}
