package dev.naru.bigquery.mart;

import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TimePartitioning;
import dev.naru.bigquery.Sql;
import dev.naru.runfile.RunFile.Partitioning;
import java.util.Locale;
import java.util.Optional;

/** Partitioning as declared and as BigQuery has it. Pure. */
final class Partitioned {

  private static final long DAY_MILLIS = 86_400_000L;

  private Partitioned() {}

  /** What a materialization declares. */
  static Optional<Partitioning> by(Materialization materialization) {
    return switch (materialization) {
      case Materialization.Full full -> full.partitioning();
      case Materialization.Partitions partitions -> Optional.of(partitions.partitioning());
      case Materialization.Merge merge -> merge.partitioning();
      case Materialization.View _, Materialization.MaterializedView _ -> Optional.empty();
    };
  }

  /** As the API writes it; an absent expiration is absent. */
  static TimePartitioning api(Partitioning by) {
    return new TimePartitioning()
        .setType(by.granularity().name())
        .setField(by.column())
        .setExpirationMs(expirationMillis(by).orElse(null));
  }

  /** How long a partition lives. */
  static Optional<Long> expirationMillis(Partitioning by) {
    return by.expirationDays().map(days -> days * DAY_MILLIS);
  }

  /** For people and for comparing, e.g. {@code DAY(day)}, or {@code none}. */
  static String text(Optional<Partitioning> by) {
    return by.map(p -> p.granularity().name() + "(" + p.column().toLowerCase(Locale.ROOT) + ")")
        .orElse("none");
  }

  /** As {@link #text(Optional)}, of what exists. */
  static String text(Table table) {
    if (table.getRangePartitioning() != null) {
      return "RANGE(" + table.getRangePartitioning().getField() + ")";
    }
    var by = table.getTimePartitioning();
    if (by == null) {
      return "none";
    }
    return by.getType()
        + "("
        + Optional.ofNullable(by.getField()).orElse("_PARTITIONTIME").toLowerCase(Locale.ROOT)
        + ")";
  }

  /**
   * True for every row of a table that demands a filter on its partition column; empty for any
   * other.
   *
   * @param alias as in {@code t.}, or empty
   */
  static Optional<String> everyRow(Table table, String alias) {
    var by = table.getTimePartitioning();
    if (!demandsFilter(table) || by == null || by.getField() == null) {
      return Optional.empty();
    }
    var column = alias + Sql.identifier(by.getField());
    return ColumnTypes.fields(table.getSchema()).stream()
        .filter(field -> field.getName().equalsIgnoreCase(by.getField()))
        .findFirst()
        .map(
            field ->
                "(%s >= %s '0001-01-01' OR %s IS NULL)".formatted(column, field.getType(), column));
  }

  /** Whether reading an existing table demands a filter on its partition column. */
  static boolean demandsFilter(Table table) {
    return Boolean.TRUE.equals(table.getRequirePartitionFilter());
  }
}
