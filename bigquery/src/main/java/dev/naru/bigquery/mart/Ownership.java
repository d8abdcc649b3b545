package dev.naru.bigquery.mart;

import com.google.api.services.bigquery.model.Table;
import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.bigquery.Owner;
import dev.naru.bigquery.WarehouseReason;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** Whose something is, by its labels. Pure. */
final class Ownership {

  private Ownership() {}

  /** Labels of a table. */
  static Map<String, String> labels(Table table) {
    return Objects.requireNonNullElse(table.getLabels(), Map.of());
  }

  /** For people: who made it, or what labels it carries. */
  static String whose(Map<String, String> labels) {
    return Owner.named(labels)
        .map(other -> "belongs to " + other)
        .orElseGet(
            () ->
                labels.isEmpty()
                    ? "was not made by Naru"
                    : "was not made by Naru (its labels: %s)".formatted(new TreeMap<>(labels)));
  }

  /**
   * Refuses a table that is somebody else's, or nobody's, and not to be adopted.
   *
   * @throws ActionNeededFailure that says whose it is
   */
  static void check(MartTable declared, Table existing) {
    var labels = labels(existing);
    if (declared.adopt() || declared.owner().owns(labels)) {
      return;
    }
    throw new ActionNeededFailure(
        WarehouseReason.TARGET_NOT_OWNED,
        "%s: %s exists and %s; it would be replaced. Set %s.adopt: true to take it over for %s, or choose another name."
            .formatted(
                declared.path(), declared.id(), whose(labels), declared.path(), declared.owner()));
  }
}
