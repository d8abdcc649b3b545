package dev.naru.bigquery.mart;

import com.google.api.services.bigquery.model.Job;
import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TableSchema;
import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.bigquery.TableId;
import dev.naru.bigquery.WarehouseReason;
import dev.naru.runfile.Hashes;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a run has planned against: its target when the candidate was built. Kept as a label of the
 * job that built it, so that whoever adopts the job knows it too.
 *
 * @param target {@code none}, or when the target was made and a hash of its kind, partitioning and
 *     columns; empty when nobody looked
 * @param at when the job that built the candidate was created, by BigQuery's clock
 */
public record Seen(String target, Instant at) {

  private static final String LABEL = "naru_target";
  private static final String NONE = "none";

  /** A target as it is now, as a label of the job that is about to build its candidate. */
  static Map<String, String> label(Optional<Table> target) {
    return Map.of(LABEL, text(target));
  }

  /** What a job that has built a candidate saw. */
  static Seen by(Job job) {
    var labels =
        Objects.requireNonNullElse(job.getConfiguration().getLabels(), Map.<String, String>of());
    return new Seen(
        labels.getOrDefault(LABEL, ""),
        Instant.ofEpochMilli(job.getStatistics().getCreationTime()));
  }

  private static String text(Optional<Table> target) {
    return target.map(it -> text(it, ColumnTypes.fields(it.getSchema()))).orElse(NONE);
  }

  private static String text(Table target, List<TableFieldSchema> fields) {
    var columns = ColumnTypes.columns(new TableSchema().setFields(fields)).toString();
    var made = Objects.requireNonNullElse(target.getCreationTime(), 0L);
    return made
        + "-"
        + Hashes.sha256Hex(Shape.kind(target), Partitioned.text(target), columns).substring(0, 16);
  }

  /**
   * Refuses a target that is not what the run has planned against. What this run itself may have
   * done before it died is fine: it makes a target that is missing, and adds columns at the end.
   *
   * @param now the target, when there is one
   * @param adds columns that this run may have added
   * @throws ActionNeededFailure that says what was seen and what to do
   */
  void check(MartTable table, TableId candidate, Optional<Table> now, List<TableFieldSchema> adds) {
    if (!isSame(table, now, adds)) {
      throw new ActionNeededFailure(
          WarehouseReason.TARGET_CHANGED,
          "%s: somebody changed %s while this run built its rows: %s. It was not touched; the rows of this run stay in %s for a while. Look who else writes to it, then request a new run, which plans against what is there now."
              .formatted(table.path(), table.id(), change(now), candidate));
    }
  }

  private boolean isSame(MartTable table, Optional<Table> now, List<TableFieldSchema> adds) {
    if (target.isEmpty()) {
      return true;
    }
    if (target.equals(NONE)) {
      return now.isEmpty() || table.owner().owns(Ownership.labels(now.get()));
    }
    return now.isPresent() && isSame(now.get(), names(adds));
  }

  private boolean isSame(Table now, Set<String> adds) {
    var fields = ColumnTypes.fields(now.getSchema());
    for (var known = fields.size(); known >= 0; known--) {
      if (text(now, fields.subList(0, known)).equals(target)) {
        return true;
      }
      if (known > 0 && !adds.contains(fields.get(known - 1).getName())) {
        return false;
      }
    }
    return false;
  }

  private static Set<String> names(List<TableFieldSchema> fields) {
    var names = new TreeSet<String>(String.CASE_INSENSITIVE_ORDER);
    fields.forEach(field -> names.add(field.getName()));
    return names;
  }

  private String change(Optional<Table> now) {
    if (now.isEmpty()) {
      return "it is gone";
    }
    if (target.equals(NONE)) {
      return "it did not exist then, and what is there now "
          + Ownership.whose(Ownership.labels(now.get()));
    }
    var made = text(now);
    return made.substring(0, made.indexOf('-')).equals(target.substring(0, target.indexOf('-')))
        ? "its columns or its partitioning are others"
        : "another table stands in its place, made at %s; it %s"
            .formatted(
                Instant.ofEpochMilli(now.get().getCreationTime()),
                Ownership.whose(Ownership.labels(now.get())));
  }
}
