package dev.naru.bigquery.mart;

import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableReference;
import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.bigquery.Failure;
import dev.naru.bigquery.Owner;
import dev.naru.bigquery.Resources;
import dev.naru.bigquery.TableId;
import dev.naru.bigquery.WarehouseReason;
import dev.naru.bigquery.WarehouseSession;
import dev.naru.runfile.Warehouse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A {@link MartWarehouse} over a session with BigQuery. */
final class MartSession implements MartWarehouse {

  private static final int TRIES = 5;

  private final WarehouseSession session;
  private final Warehouse warehouse;
  private final Resources resources;
  private final MartJobs jobs;
  private final Candidates candidates;
  private final RowPolicies policies;
  private final Datasets datasets;
  private final PublishCost cost;
  private final Map<String, MartLedger> ledgers = new ConcurrentHashMap<>();

  MartSession(WarehouseSession session) {
    this.session = session;
    this.warehouse = session.warehouse();
    this.resources = session.resources();
    this.jobs = new MartJobs(session.jobs(), warehouse);
    this.candidates = new Candidates(resources, jobs);
    this.policies = new RowPolicies(resources, session.query(), warehouse);
    this.datasets = new Datasets(resources, warehouse);
    this.cost = new PublishCost(resources, session.query());
  }

  @Override
  public List<String> realise(DatasetSpec dataset) {
    // candidates are built there
    session.tables().ensureDataset(warehouse.opsDataset());
    return datasets.realise(dataset);
  }

  @Override
  public List<String> realise(MartTable table) {
    var changes = new ArrayList<String>();
    for (var attempt = 0; attempt < TRIES; attempt++) {
      var existing = resources.table(table.id());
      if (existing.isEmpty() || !table.owner().owns(Ownership.labels(existing.get()))) {
        return changes;
      }
      var patch =
          new Governance(warehouse, table)
              .patch(existing.get(), List.of(), Optional.empty(), session.clock().instant());
      if (patch.isEmpty()
          || resources.patch(table.id(), patch.get().table(), existing.get().getEtag())) {
        patch.ifPresent(done -> changes.addAll(done.changes()));
        if (Shape.kind(existing.get()).equals("TABLE")) {
          changes.addAll(policies.realise(table.id(), table.rowPolicies()));
        }
        return changes;
      }
    }
    return changes;
  }

  @Override
  public Optional<Existing> find(TableId table) {
    return resources
        .table(table)
        .map(
            found ->
                new Existing(
                    table,
                    Shape.kind(found),
                    ColumnTypes.columns(found.getSchema()),
                    Owner.named(Ownership.labels(found)).isPresent(),
                    Candidates.rows(found)));
  }

  @Override
  public Optional<Past> past(MartTable table) {
    var isOurs =
        resources
            .table(table.id())
            .filter(found -> table.owner().owns(Ownership.labels(found)))
            .isPresent();
    var ledger = ledger(table);
    return isOurs && resources.table(ledger.table()).isPresent()
        ? ledger.past(table.id(), table.owner())
        : Optional.empty();
  }

  @Override
  public Estimate estimate(Statement query) {
    var answer = session.query().dryRun(Parameters.job(query.sql(), query));
    if (!"SELECT".equals(answer.getStatementType())) {
      throw new ActionNeededFailure(
          WarehouseReason.INVALID_QUERY,
          "the SQL must be one query, but BigQuery sees a statement of type %s. Keep one SELECT."
              .formatted(answer.getStatementType()));
    }
    var referenced =
        Optional.ofNullable(answer.getReferencedTables()).orElse(List.of()).stream()
            .map(MartSession::id)
            .toList();
    return new Estimate(Cost.of(answer), ColumnTypes.columns(answer.getSchema()), referenced);
  }

  private static TableId id(TableReference table) {
    return new TableId(table.getProjectId(), table.getDatasetId(), table.getTableId());
  }

  @Override
  public Built build(
      MartRun run, MartTable table, Statement query, TableId candidate, long maxBytes) {
    return candidates.build(run, table, query, candidate, maxBytes);
  }

  @Override
  public void preview(
      MartRun run, MartTable table, TableId candidate, Window window, TableId preview) {
    candidates.preview(run, table, candidate, window, preview);
  }

  @Override
  public Checked check(
      MartRun run, MartTable table, TableId candidate, List<Check> checks, Allowance allowance) {
    if (checks.isEmpty()) {
      return new Checked(List.of(), 0);
    }
    var columns = ColumnTypes.columns(candidates.get(table, candidate).getSchema());
    return new Checking(session.query(), jobs, run, table, candidate, allowance)
        .check(checks, columns);
  }

  @Override
  public Change change(MartTable table, List<Column> columns) {
    return Shape.change(table, resources.table(table.id()), columns);
  }

  @Override
  public Cost expected(MartTable table, Window window, Optional<Long> rowsBefore) {
    return cost.expected(table, window, rowsBefore, ledger(table));
  }

  @Override
  public Publishing publishing(MartRun run, MartTable table, TableId candidate, Window window) {
    var ledger = ledger(table);
    ledger.create();
    if (ledger.published(run, table.id()).isPresent()) {
      return new Publishing(Cost.NOTHING, true);
    }
    var bytes = cost.of(table, candidates.get(table, candidate), window, ledger);
    jobs.permit(table, bytes);
    return new Publishing(bytes, false);
  }

  @Override
  public Published publish(
      MartRun run,
      MartTable table,
      TableId candidate,
      Statement query,
      Window window,
      Seen seen,
      long billed) {
    var ledger = ledger(table);
    var order = new TablePublish.Order(run, table, candidate, query, window, seen, billed, ledger);
    try {
      return publish(order);
    } catch (Failure e) {
      // it may have been published all the same
      ledger.forget(run);
      throw e;
    }
  }

  private MartLedger ledger(MartTable table) {
    return ledgers.computeIfAbsent(
        table.id().dataset(),
        dataset -> new MartLedger(warehouse, dataset, session.tables(), session.query()));
  }

  private Published publish(TablePublish.Order order) {
    return switch (order.table().materialization()) {
      case Materialization.Full _, Materialization.Partitions _, Materialization.Merge _ ->
          new TablePublish(resources, session.query(), jobs, candidates, policies, warehouse)
              .publish(order);
      case Materialization.View _, Materialization.MaterializedView _ ->
          new ViewPublish(resources, session.query(), jobs, policies, warehouse).publish(order);
    };
  }

  @Override
  public void discard(TableId candidate) {
    resources.delete(candidate);
  }

  @Override
  public boolean delete(TableId table, Owner owner) {
    var isOurs =
        resources
            .table(table)
            .map((Table found) -> owner.owns(Ownership.labels(found)))
            .orElse(false);
    if (isOurs) {
      resources.delete(table);
    }
    return isOurs;
  }

  @Override
  public boolean delete(DatasetSpec dataset) {
    return datasets.delete(dataset);
  }

  @Override
  public void close() {
    session.close();
  }
}
