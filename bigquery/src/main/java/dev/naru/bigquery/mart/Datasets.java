package dev.naru.bigquery.mart;

import com.google.api.client.util.Data;
import com.google.api.services.bigquery.model.Dataset;
import com.google.api.services.bigquery.model.DatasetReference;
import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.bigquery.Resources;
import dev.naru.bigquery.RetryableFailure;
import dev.naru.bigquery.WarehouseReason;
import dev.naru.runfile.Warehouse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Datasets of marts: created, adopted when that is asked for, drift repaired. */
final class Datasets {

  /** Others may change a dataset while we look; more often than this is no coincidence. */
  private static final int TRIES = 5;

  private static final long DAY_MILLIS = 86_400_000L;

  /** Says that a default expiration is ours, so that it ends when it is no longer declared. */
  private static final String EXPIRES = "naru_expires_days";

  private final Resources resources;
  private final Warehouse warehouse;

  Datasets(Resources resources, Warehouse warehouse) {
    this.resources = resources;
    this.warehouse = warehouse;
  }

  /** Makes the dataset as declared; answers what was changed. */
  List<String> realise(DatasetSpec declared) {
    var changes = new ArrayList<String>();
    for (var attempt = 0; attempt < TRIES; attempt++) {
      var existing = resources.dataset(warehouse.project(), declared.name());
      if (existing.isEmpty()) {
        resources.insert(create(declared));
        changes.add("created");
        continue;
      }
      var patch = new Dataset();
      var differences = differences(declared, existing.get(), patch);
      if (differences.isEmpty()) {
        return changes;
      }
      if (resources.patch(warehouse.project(), declared.name(), patch, existing.get().getEtag())) {
        changes.addAll(differences);
        return changes;
      }
    }
    throw new RetryableFailure(
        WarehouseReason.WAREHOUSE_UNREACHABLE,
        "Dataset %s.%s kept changing while it was looked at. Is something else altering it? It will be tried again."
            .formatted(warehouse.project(), declared.name()));
  }

  /** Removes the dataset when it is the owner's and empty; answers whether it is gone. */
  boolean delete(DatasetSpec declared) {
    var existing = resources.dataset(warehouse.project(), declared.name());
    return existing.isPresent()
        && declared.owner().owns(labels(existing.get()))
        && resources.deleteDataset(warehouse.project(), declared.name());
  }

  private Dataset create(DatasetSpec declared) {
    // without access: then BigQuery adds its own entries, and ours come by the patch that follows
    return new Dataset()
        .setDatasetReference(
            new DatasetReference().setProjectId(warehouse.project()).setDatasetId(declared.name()))
        .setLocation(warehouse.location())
        .setDescription(declared.description().orElse(null))
        .setDefaultTableExpirationMs(expiration(declared).orElse(null))
        .setLabels(wantedLabels(declared));
  }

  private Map<String, String> wantedLabels(DatasetSpec declared) {
    var labels = new TreeMap<>(warehouse.labels());
    labels.putAll(declared.labels());
    labels.putAll(declared.owner().labels());
    declared.defaultExpirationDays().ifPresent(days -> labels.put(EXPIRES, days.toString()));
    return labels;
  }

  private static Optional<Long> expiration(DatasetSpec declared) {
    return declared.defaultExpirationDays().map(days -> days * DAY_MILLIS);
  }

  /** What differs; {@code patch} is filled with it. */
  private List<String> differences(DatasetSpec declared, Dataset existing, Dataset patch) {
    checkLocation(declared, existing);
    checkOwner(declared, existing);
    var changes = new ArrayList<String>();
    declared
        .description()
        .filter(text -> !text.equals(Objects.requireNonNullElse(existing.getDescription(), "")))
        .ifPresent(
            text -> {
              patch.setDescription(text);
              changes.add("description");
            });
    expiration(declared, existing, patch, changes);
    labels(declared, existing, patch, changes);
    var access = new ArrayList<>(Objects.requireNonNullElse(existing.getAccess(), List.of()));
    for (var grant : declared.access()) {
      if (AccessEntries.add(access, grant)) {
        changes.add("access of " + grant.member());
        patch.setAccess(access);
      }
    }
    return changes;
  }

  private void expiration(
      DatasetSpec declared, Dataset existing, Dataset patch, List<String> changes) {
    var has = Optional.ofNullable(existing.getDefaultTableExpirationMs());
    var wanted = expiration(declared);
    if (wanted.isPresent() && !wanted.equals(has)) {
      patch.setDefaultTableExpirationMs(wanted.get());
      changes.add("default expiration");
    } else if (wanted.isEmpty() && has.isPresent() && labels(existing).containsKey(EXPIRES)) {
      patch.setDefaultTableExpirationMs(Data.nullOf(Long.class));
      changes.add("default expiration");
    }
  }

  private void labels(DatasetSpec declared, Dataset existing, Dataset patch, List<String> changes) {
    var has = labels(existing);
    var missing = new HashMap<String, String>();
    wantedLabels(declared)
        .forEach(
            (key, value) -> {
              if (!value.equals(has.get(key))) {
                missing.put(key, value);
              }
            });
    if (has.containsKey(EXPIRES) && declared.defaultExpirationDays().isEmpty()) {
      missing.put(EXPIRES, Data.nullOf(String.class));
    }
    if (!missing.isEmpty()) {
      patch.setLabels(missing);
      changes.add(
          missing.keySet().stream().sorted().collect(Collectors.joining(", ", "labels ", "")));
    }
  }

  private void checkLocation(DatasetSpec declared, Dataset existing) {
    var location = existing.getLocation();
    if (location != null && !location.equalsIgnoreCase(warehouse.location())) {
      throw new ActionNeededFailure(
          WarehouseReason.LOCATION_MISMATCH,
          "spec.dataset.name: dataset %s.%s lies in %s, but spec.bigQuery.location of the Warehouse is %s. A job sees datasets of one location only: choose another name, or a Warehouse for %s."
              .formatted(
                  warehouse.project(), declared.name(), location, warehouse.location(), location));
    }
  }

  private void checkOwner(DatasetSpec declared, Dataset existing) {
    var labels = labels(existing);
    if (declared.adopt() || declared.owner().owns(labels)) {
      return;
    }
    throw new ActionNeededFailure(
        WarehouseReason.TARGET_NOT_OWNED,
        "spec.dataset.name: dataset %s.%s exists and %s. Set spec.dataset.adopt: true to take it over for %s, or choose another spec.dataset.name."
            .formatted(
                warehouse.project(), declared.name(), Ownership.whose(labels), declared.owner()));
  }

  private static Map<String, String> labels(Dataset dataset) {
    return Objects.requireNonNullElse(dataset.getLabels(), Map.of());
  }
}
