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
import java.time.ZoneId;
import java.time.ZonedDateTime;
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
    return floor(due.atZone(zone(spec)), hourly ? Granularity.HOUR : Granularity.DAY).toInstant();
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
      var newest = floor(end.minusMillis(1).atZone(zone), by);
      var count = declared.rebuildPartitions() == null ? 1 : declared.rebuildPartitions();
      var regular = back(newest, by, count - 1L);
      var since =
          Optional.ofNullable(declared.since())
              .map(it -> floor(LocalDate.parse(it).atStartOfDay(zone), by));
      var start =
          through
              .map(it -> floor(it.atZone(zone), by))
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
        "interval_start", parameter(table, window.start(), window.zone()),
        "interval_end", parameter(table, window.end(), window.zone()));
  }

  /** By days, months and years they are DATEs, else TIMESTAMPs. */
  static boolean byDate(DataMartTable table) {
    return type(table) == MaterializationType.PARTITIONS
        && partitions(table).filter(it -> it != Granularity.HOUR).isPresent();
  }

  private static Parameter parameter(DataMartTable table, Instant at, ZoneId zone) {
    return byDate(table)
        ? new Parameter.Day(at.atZone(zone).toLocalDate())
        : new Parameter.Moment(at);
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

  /** The begin of the partition that comes so many after another. */
  static ZonedDateTime after(ZonedDateTime from, Granularity by, long steps) {
    return back(from, by, -steps);
  }

  private static ZonedDateTime back(ZonedDateTime from, Granularity by, long steps) {
    return switch (by) {
      case HOUR -> from.minusHours(steps);
      case DAY -> from.minusDays(steps);
      case MONTH -> from.minusMonths(steps);
      case YEAR -> from.minusYears(steps);
      case UNKNOWN -> throw new IllegalStateException("refused before");
    };
  }

  static ZonedDateTime floor(ZonedDateTime at, Granularity by) {
    return switch (by) {
      case HOUR -> at.truncatedTo(ChronoUnit.HOURS);
      case DAY -> at.truncatedTo(ChronoUnit.DAYS);
      case MONTH -> at.truncatedTo(ChronoUnit.DAYS).withDayOfMonth(1);
      case YEAR -> at.truncatedTo(ChronoUnit.DAYS).withDayOfYear(1);
      case UNKNOWN -> throw new IllegalStateException("refused before");
    };
  }
}
