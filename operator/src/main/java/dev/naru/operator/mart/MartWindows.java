package dev.naru.operator.mart;

import dev.naru.bigquery.mart.Parameter;
import dev.naru.bigquery.mart.Window;
import dev.naru.crds.v1alpha1.DataMartSpec;
import dev.naru.crds.v1alpha1.DataMartTable;
import dev.naru.crds.v1alpha1.Defaults;
import dev.naru.crds.v1alpha1.Granularity;
import dev.naru.crds.v1alpha1.MaterializationType;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;

/**
 * Up to when a run builds, and from when each of its tables is built. Days, months and years begin
 * in the time zone of the schedule. Pure.
 */
final class MartWindows {

  private MartWindows() {}

  /** The zone in which days begin. */
  static ZoneId zone(DataMartSpec spec) {
    return ZoneId.of(
        spec.schedule() == null ? Defaults.TIME_ZONE : Defaults.timeZone(spec.schedule()));
  }

  /**
   * The end of the window of a run that is due at a moment: the last full hour when a table is
   * partitioned by hours, else the last midnight. What began after it is not complete yet.
   */
  static Instant end(DataMartSpec spec, Instant due) {
    var hourly =
        spec.tables().stream()
            .anyMatch(it -> partitions(it).filter(by -> by == Granularity.HOUR).isPresent());
    return PartitionTime.floor(due.atZone(zone(spec)), hourly ? Granularity.HOUR : Granularity.DAY)
        .toInstant();
  }

  /**
   * The window of a table.
   *
   * @param through up to when the table is published; empty when it never was
   */
  static Window of(DataMartTable table, ZoneId zone, Instant end, Optional<Instant> through) {
    if (type(table) == MaterializationType.PARTITIONS) {
      var declared = table.materialization().partitions();
      var by = declared.partitionBy().granularity();
      var newest = PartitionTime.floor(end.minusMillis(1).atZone(zone), by);
      var count = declared.rebuildPartitions() == null ? 1 : declared.rebuildPartitions();
      var regular = PartitionTime.before(newest, by, count - 1L);
      var since =
          Optional.ofNullable(declared.since())
              .map(it -> PartitionTime.floor(LocalDate.parse(it).atStartOfDay(zone), by));
      var start =
          through
              .map(it -> PartitionTime.floor(it.atZone(zone), by))
              // runs were missed: what they would have built is built now
              .map(it -> it.isBefore(regular) ? it : regular)
              .orElseGet(() -> since.filter(it -> it.isBefore(regular)).orElse(regular));
      return new Window(start.toInstant(), end, zone);
    }
    var start =
        type(table) == MaterializationType.MERGE ? through.orElse(Instant.EPOCH) : Instant.EPOCH;
    return new Window(start.isBefore(end) ? start : end, end, zone);
  }

  /** The parameters {@code @interval_start} and {@code @interval_end} of a table. */
  static Map<String, Parameter> parameters(DataMartTable table, Window window) {
    return Map.of(
        "interval_start",
        byDate(table) ? new Parameter.Day(window.firstDay()) : new Parameter.Moment(window.start()),
        "interval_end",
        byDate(table) ? new Parameter.Day(window.endDay()) : new Parameter.Moment(window.end()));
  }

  /**
   * How long a window is by the clocks of its zone, of a table that is not built as a whole; a day
   * has 24 hours on which clocks change, too.
   */
  static Optional<Integer> hours(DataMartTable table, Window window) {
    return switch (type(table)) {
      case PARTITIONS, MERGE ->
          Optional.of(
              Math.toIntExact(
                  ChronoUnit.HOURS.between(
                      civil(window.start(), window.zone()), civil(window.end(), window.zone()))));
      case TABLE, VIEW, MATERIALIZED_VIEW, UNKNOWN -> Optional.empty();
    };
  }

  private static LocalDateTime civil(Instant at, ZoneId zone) {
    var local = at.atZone(zone);
    var day = local.toLocalDate();
    return local.equals(day.atStartOfDay(zone)) ? day.atStartOfDay() : local.toLocalDateTime();
  }

  /** Whether a window ends with a partition, and not within one. */
  static boolean complete(DataMartTable table, Window window) {
    return type(table) != MaterializationType.PARTITIONS
        || partitions(table)
            .filter(
                by -> {
                  var end = window.end().atZone(window.zone());
                  return PartitionTime.floor(end, by).equals(end);
                })
            .isPresent();
  }

  /**
   * Whether a run may well find no row: when a Merge has nothing new to ask for, or a window holds
   * but a day that has just begun.
   */
  static boolean mayBeEmpty(DataMartTable table, Window window) {
    return switch (type(table)) {
      case MERGE -> !window.start().isBefore(window.end());
      case PARTITIONS ->
          byDate(table)
              && window.endDay().equals(window.firstDay().plusDays(1))
              && window.endDay().atStartOfDay(window.zone()).toInstant().isAfter(window.end());
      case TABLE, VIEW, MATERIALIZED_VIEW, UNKNOWN -> false;
    };
  }

  /** By days, months and years they are DATEs, else TIMESTAMPs. */
  static boolean byDate(DataMartTable table) {
    return type(table) == MaterializationType.PARTITIONS
        && partitions(table).filter(it -> it != Granularity.HOUR).isPresent();
  }

  static MaterializationType type(DataMartTable table) {
    return table.materialization() == null
        ? MaterializationType.TABLE
        : table.materialization().type();
  }

  static Optional<Granularity> partitions(DataMartTable table) {
    return Optional.ofNullable(table.materialization())
        .map(it -> it.partitions())
        .map(it -> it.partitionBy().granularity());
  }
}
