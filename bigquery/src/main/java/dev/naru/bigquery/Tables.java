package dev.naru.bigquery;

import com.google.api.services.bigquery.model.Clustering;
import com.google.api.services.bigquery.model.Dataset;
import com.google.api.services.bigquery.model.DatasetReference;
import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableReference;
import com.google.api.services.bigquery.model.TimePartitioning;
import dev.naru.runfile.Warehouse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Datasets and tables. Creating is safe to repeat: what exists already is looked at instead, and
 * nothing that somebody else made is taken over unasked.
 */
public final class Tables {

  private final Resources resources;
  private final Warehouse warehouse;

  Tables(Resources resources, Warehouse warehouse) {
    this.resources = resources;
    this.warehouse = warehouse;
  }

  /**
   * Makes sure that a dataset exists in the warehouse's location.
   *
   * @throws ActionNeededFailure when it exists elsewhere
   */
  public void ensureDataset(String name) {
    var project = warehouse.project();
    var found = resources.dataset(project, name);
    if (found.isPresent()) {
      checkLocation(name, found.get());
      return;
    }
    var dataset =
        new Dataset()
            .setDatasetReference(new DatasetReference().setProjectId(project).setDatasetId(name))
            .setLocation(warehouse.location())
            .setLabels(labels(Map.of(Owner.KIND, "dataset")));
    resources.insert(dataset);
  }

  private void checkLocation(String name, Dataset dataset) {
    if (dataset.getLocation() != null
        && !dataset.getLocation().equalsIgnoreCase(warehouse.location())) {
      throw new ActionNeededFailure(
          WarehouseReason.LOCATION_MISMATCH,
          "Dataset %s.%s lies in %s, but spec.bigQuery.location of the Warehouse is %s. A job sees datasets of one location only: use a dataset in %s, or a Warehouse for %s."
              .formatted(
                  warehouse.project(),
                  name,
                  dataset.getLocation(),
                  warehouse.location(),
                  warehouse.location(),
                  dataset.getLocation()));
    }
  }

  /** A table's metadata; empty when there is no such table or no such dataset. */
  public Optional<TableState> find(TableId id) {
    return resources.table(id).map(table -> TableState.of(id, table));
  }

  /** Makes sure that a ledger exists and has all columns: an older one gets those it lacks. */
  public void createLedger(
      TableId id, String description, List<Column> columns, String partitionBy, String clusterBy) {
    for (var found = find(id); found.isPresent(); found = find(id)) {
      var state = found.get();
      var missing = columns.stream().filter(it -> !state.columns().containsKey(it.name())).toList();
      if (missing.isEmpty()
          || resources.patch(
              id,
              new Table().setSchema(state.schemaWith(missing, List.of())),
              state.etag().orElse(null))) {
        return;
      }
    }
    ensureDataset(id.dataset());
    resources.insert(
        id,
        table(id, columns, Map.of(Owner.KIND, "ledger"))
            .setDescription(description)
            .setTimePartitioning(new TimePartitioning().setType("DAY").setField(partitionBy))
            .setClustering(new Clustering().setFields(List.of(clusterBy))));
  }

  /**
   * Makes sure that a staging table exists; BigQuery removes it at {@code expires}.
   *
   * @return the table, perhaps one that an earlier attempt made
   */
  public TableState createStaging(TableId id, List<Column> columns, Owner owner, Instant expires) {
    var labels = new TreeMap<>(owner.labels());
    labels.put(Owner.KIND, "staging");
    resources.insert(
        id, table(id, staged(columns), labels).setExpirationTime(expires.toEpochMilli()));
    return find(id)
        .orElseThrow(
            () ->
                new RetryableFailure(
                    WarehouseReason.TABLE_NOT_FOUND,
                    "Staging table %s vanished as soon as it was made. Has the dataset a very short default table expiration? The run will be tried again."
                        .formatted(id)));
  }

  /** Staged rows may be NULL in a column the target requires: the publish says so, not the load. */
  static List<Column> staged(List<Column> columns) {
    return columns.stream()
        .map(c -> c.mode() == Column.Mode.REQUIRED ? c.withMode(Column.Mode.NULLABLE) : c)
        .toList();
  }

  /** Creates a target. When it appeared meanwhile, the next look at it decides. */
  public void createTarget(TableId id, List<Column> columns, Layout layout, Owner owner) {
    ensureDataset(id.dataset());
    var table = table(id, columns, owner.labels());
    layout
        .partitioning()
        .ifPresent(
            by ->
                table.setTimePartitioning(
                    new TimePartitioning()
                        .setType(by.granularity().name())
                        .setField(by.column())
                        .setExpirationMs(
                            by.expirationDays().map(days -> days * 86_400_000L).orElse(null))));
    if (!layout.clusterBy().isEmpty()) {
      table.setClustering(new Clustering().setFields(layout.clusterBy()));
    }
    resources.insert(id, table);
  }

  /**
   * Adds and relaxes columns and puts labels on a table.
   *
   * @return whether the table was still as {@code state} says; when not, look again and decide anew
   */
  public boolean patch(TableState state, List<Column> add, List<String> relax, Owner owner) {
    var id = state.id();
    var patch = new Table().setLabels(new TreeMap<>(owner.labels()));
    if (!add.isEmpty() || !relax.isEmpty()) {
      patch.setSchema(state.schemaWith(add, relax));
    }
    return resources.patch(id, patch, state.etag().orElse(null));
  }

  /** Removes a table; one that is gone already is fine. */
  public void delete(TableId id) {
    resources.delete(id);
  }

  private Table table(TableId id, List<Column> columns, Map<String, String> own) {
    return new Table()
        .setTableReference(
            new TableReference()
                .setProjectId(id.project())
                .setDatasetId(id.dataset())
                .setTableId(id.table()))
        .setSchema(Schemas.of(columns))
        .setLabels(labels(own));
  }

  private Map<String, String> labels(Map<String, String> own) {
    var all = new TreeMap<>(warehouse.labels());
    all.putAll(own);
    return all;
  }
}
