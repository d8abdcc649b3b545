package dev.naru.bigquery.mart;

import com.google.api.client.util.Data;
import com.google.api.services.bigquery.model.Clustering;
import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TableFieldSchema.PolicyTags;
import com.google.api.services.bigquery.model.TableReference;
import com.google.api.services.bigquery.model.TableSchema;
import dev.naru.bigquery.TableId;
import dev.naru.runfile.Warehouse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a table carries besides rows: description, labels, column descriptions, policy tags,
 * expiration, the required filter, clustering. Declared things are set; what others added is left
 * alone, and a policy tag is never taken away. Pure.
 */
final class Governance {

  /** Says that an expiration is ours, so that it ends when it is no longer declared. */
  static final String EXPIRES = "naru_expires_days";

  private final Warehouse warehouse;
  private final MartTable declared;

  Governance(Warehouse warehouse, MartTable declared) {
    this.warehouse = warehouse;
    this.declared = declared;
  }

  /** A change of metadata and what it changes, for people. */
  record Patch(Table table, List<String> changes) {}

  /** Labels that a target of ours carries. */
  Map<String, String> labels() {
    var labels = new TreeMap<>(warehouse.labels());
    labels.putAll(declared.labels());
    labels.putAll(declared.owner().labels());
    declared.expirationDays().ifPresent(days -> labels.put(EXPIRES, days.toString()));
    return labels;
  }

  /** A table that does not exist yet. */
  Table create(TableId id, List<TableFieldSchema> columns, Optional<Instant> expires) {
    var by = Partitioned.by(declared.materialization());
    var table =
        new Table()
            .setTableReference(reference(id))
            .setSchema(new TableSchema().setFields(described(columns)))
            .setLabels(new TreeMap<>(labels()))
            .setDescription(declared.description().orElse(null))
            .setExpirationTime(expires.map(Instant::toEpochMilli).orElse(null));
    by.ifPresent(
        partitioning ->
            table
                .setTimePartitioning(Partitioned.api(partitioning))
                .setRequirePartitionFilter(declared.requirePartitionFilter() ? true : null));
    if (!declared.clusterBy().isEmpty()) {
      table.setClustering(new Clustering().setFields(new ArrayList<>(declared.clusterBy())));
    }
    return table;
  }

  private static TableReference reference(TableId id) {
    return new TableReference()
        .setProjectId(id.project())
        .setDatasetId(id.dataset())
        .setTableId(id.table());
  }

  /** When a target expires that is published at a moment. */
  Optional<Instant> expiry(Instant published) {
    return declared.expirationDays().map(days -> published.plus(Duration.ofDays(days)));
  }

  /**
   * What differs between a target and what is declared.
   *
   * @param add columns that the target lacks
   * @param published when it is published now; empty between runs, when an expiration that is still
   *     to come stays as it is
   */
  Optional<Patch> patch(
      Table existing, List<TableFieldSchema> add, Optional<Instant> published, Instant now) {
    var changes = new ArrayList<String>();
    var patch = new Table();
    description(existing, patch, changes);
    labels(existing, patch, changes);
    columns(existing, add, patch, changes);
    expiration(existing, published, now, patch, changes);
    if (Shape.kind(existing).equals("TABLE")) {
      partitions(existing, patch, changes);
      if (published.isPresent()) {
        clustering(existing, patch, changes);
      }
    }
    return changes.isEmpty() ? Optional.empty() : Optional.of(new Patch(patch, changes));
  }

  private void description(Table existing, Table patch, List<String> changes) {
    declared
        .description()
        .filter(text -> !text.equals(Objects.requireNonNullElse(existing.getDescription(), "")))
        .ifPresent(
            text -> {
              patch.setDescription(text);
              changes.add("description");
            });
  }

  private void labels(Table existing, Table patch, List<String> changes) {
    var has = Objects.requireNonNullElse(existing.getLabels(), Map.<String, String>of());
    var missing = new HashMap<String, String>();
    labels()
        .forEach(
            (key, value) -> {
              if (!value.equals(has.get(key))) {
                missing.put(key, value);
              }
            });
    if (has.containsKey(EXPIRES) && declared.expirationDays().isEmpty()) {
      missing.put(EXPIRES, Data.nullOf(String.class));
    }
    if (!missing.isEmpty()) {
      patch.setLabels(missing);
      changes.add(
          missing.keySet().stream().sorted().collect(Collectors.joining(", ", "labels ", "")));
    }
  }

  private void columns(
      Table existing, List<TableFieldSchema> add, Table patch, List<String> changes) {
    var fields = ColumnTypes.fields(existing.getSchema());
    var wanted = described(fields);
    for (var i = 0; i < fields.size(); i++) {
      if (!wanted.get(i).equals(fields.get(i))) {
        changes.add("column " + fields.get(i).getName());
      }
    }
    add.forEach(field -> changes.add("new column " + field.getName()));
    wanted.addAll(described(add));
    if (!wanted.equals(fields)) {
      patch.setSchema(new TableSchema().setFields(wanted));
    }
  }

  /** The fields, nested ones included, with what is declared of them. */
  private List<TableFieldSchema> described(List<TableFieldSchema> fields) {
    var specs = new TreeMap<String, MartTable.ColumnSpec>(String.CASE_INSENSITIVE_ORDER);
    declared.columns().forEach(spec -> specs.put(spec.name(), spec));
    return described("", fields, specs);
  }

  private static List<TableFieldSchema> described(
      String above, List<TableFieldSchema> fields, Map<String, MartTable.ColumnSpec> specs) {
    return fields.stream()
        .map(
            field -> {
              var path = above + field.getName();
              var copy =
                  Optional.ofNullable(specs.get(path))
                      .map(spec -> described(field, spec))
                      .orElse(field);
              return field.getFields() == null
                  ? copy
                  : copy.clone().setFields(described(path + ".", field.getFields(), specs));
            })
        .collect(Collectors.toCollection(ArrayList::new));
  }

  /** Fields with descriptions and policy tags of those that another table has under their names. */
  static List<TableFieldSchema> keeping(
      List<TableFieldSchema> fields, List<TableFieldSchema> others) {
    var has = new TreeMap<String, TableFieldSchema>(String.CASE_INSENSITIVE_ORDER);
    others.forEach(field -> has.put(field.getName(), field));
    return fields.stream()
        .map(
            field ->
                Optional.ofNullable(has.get(field.getName()))
                    .map(old -> keeping(field, old))
                    .orElse(field))
        // the client copies lists by making another of their class
        .collect(Collectors.toCollection(ArrayList::new));
  }

  private static TableFieldSchema keeping(TableFieldSchema field, TableFieldSchema old) {
    var copy =
        field.clone().setDescription(old.getDescription()).setPolicyTags(old.getPolicyTags());
    return field.getFields() == null || old.getFields() == null
        ? copy
        : copy.setFields(keeping(field.getFields(), old.getFields()));
  }

  private static TableFieldSchema described(TableFieldSchema field, MartTable.ColumnSpec spec) {
    var copy = field.clone();
    spec.description().ifPresent(copy::setDescription);
    spec.policyTag()
        .ifPresent(
            tag -> copy.setPolicyTags(new PolicyTags().setNames(new ArrayList<>(List.of(tag)))));
    return copy;
  }

  private void expiration(
      Table existing, Optional<Instant> published, Instant now, Table patch, List<String> changes) {
    var has = Optional.ofNullable(existing.getExpirationTime()).map(Instant::ofEpochMilli);
    var latest = expiry(now);
    var wanted =
        published.isPresent()
            ? expiry(published.get())
            : has.filter(at -> latest.isPresent() && !at.isAfter(latest.get())).or(() -> latest);
    if (wanted.isPresent()
        && !wanted.map(Instant::toEpochMilli).equals(has.map(Instant::toEpochMilli))) {
      patch.setExpirationTime(wanted.get().toEpochMilli());
      changes.add("expiration");
    }
    var ours = existing.getLabels() != null && existing.getLabels().containsKey(EXPIRES);
    if (declared.expirationDays().isEmpty() && has.isPresent() && ours) {
      patch.setExpirationTime(Data.nullOf(Long.class));
      changes.add("expiration");
    }
  }

  private void partitions(Table existing, Table patch, List<String> changes) {
    var by = Partitioned.by(declared.materialization());
    var has = existing.getTimePartitioning();
    if (by.isEmpty() || has == null) {
      return;
    }
    var wanted = Partitioned.expirationMillis(by.get());
    if (!wanted.equals(Optional.ofNullable(has.getExpirationMs()))) {
      patch.setTimePartitioning(
          has.clone().setExpirationMs(wanted.orElse(Data.nullOf(Long.class))));
      changes.add("partition expiration");
    }
    if (declared.requirePartitionFilter() != Partitioned.demandsFilter(existing)) {
      patch.setRequirePartitionFilter(declared.requirePartitionFilter());
      changes.add("requirePartitionFilter");
    }
  }

  /** New rows are clustered the new way; BigQuery brings the others round by itself. */
  private void clustering(Table existing, Table patch, List<String> changes) {
    var has =
        existing.getClustering() == null ? List.<String>of() : existing.getClustering().getFields();
    if (!lower(has).equals(lower(declared.clusterBy()))) {
      patch.setClustering(
          declared.clusterBy().isEmpty()
              ? Data.nullOf(Clustering.class)
              : new Clustering().setFields(new ArrayList<>(declared.clusterBy())));
      changes.add("clustering");
    }
  }

  private static List<String> lower(List<String> names) {
    return names.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
  }
}
