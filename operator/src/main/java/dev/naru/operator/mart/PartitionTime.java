package dev.naru.operator.mart;

import dev.naru.crds.v1alpha1.Granularity;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.util.Locale;

/**
 * Where partitions begin in a time zone. They follow the calendar: a day that has no midnight
 * begins with its first moment, and an hour that comes twice is one partition, as a DATETIME cannot
 * tell its two halves apart. Pure.
 */
final class PartitionTime {

  private PartitionTime() {}

  /** The begin of the partition that holds a moment. */
  static ZonedDateTime floor(ZonedDateTime at, Granularity by) {
    var begin = begin(at, by);
    return by == Granularity.HOUR
        ? hour(begin, at.getZone())
        : begin.toLocalDate().atStartOfDay(at.getZone());
  }

  /** The begin of the partition that comes so many after the one that begins at a moment. */
  static ZonedDateTime after(ZonedDateTime begin, Granularity by, long steps) {
    return by == Granularity.HOUR
        ? hoursAfter(begin, steps)
        : moved(begin.toLocalDate(), by, steps).atStartOfDay(begin.getZone());
  }

  /** The begin of the partition that comes so many before the one that begins at a moment. */
  static ZonedDateTime before(ZonedDateTime begin, Granularity by, long steps) {
    return by == Granularity.HOUR
        ? hoursBefore(begin, steps)
        : moved(begin.toLocalDate(), by, -steps).atStartOfDay(begin.getZone());
  }

  /**
   * How many partitions there are from the one that begins at a moment to another, both counted.
   */
  static long count(ZonedDateTime first, ZonedDateTime last, Granularity by) {
    var unit = unit(by);
    var all = unit.between(begin(first, by), begin(last, by)) + 1;
    var rules = first.getZone().getRules();
    for (var gap = rules.nextTransition(first.toInstant());
        gap != null && !gap.getInstant().isAfter(last.toInstant());
        gap = rules.nextTransition(gap.getInstant())) {
      all -= neverThere(gap, unit);
    }
    return all;
  }

  /** Hours, or days, that clocks pass over as a whole. */
  private static long neverThere(ZoneOffsetTransition change, ChronoUnit unit) {
    if (!change.isGap() || unit.compareTo(ChronoUnit.DAYS) > 0) {
      return 0;
    }
    var from = change.getDateTimeBefore().truncatedTo(unit);
    var whole = from.equals(change.getDateTimeBefore()) ? from : from.plus(1, unit);
    return Math.max(0, unit.between(whole, change.getDateTimeAfter().truncatedTo(unit)));
  }

  /** Where a partition would begin on a clock that never changes. */
  private static LocalDateTime begin(ZonedDateTime at, Granularity by) {
    var local = at.toLocalDateTime();
    return switch (by) {
      case HOUR -> local.truncatedTo(ChronoUnit.HOURS);
      case DAY -> local.truncatedTo(ChronoUnit.DAYS);
      case MONTH -> local.toLocalDate().withDayOfMonth(1).atStartOfDay();
      case YEAR -> local.toLocalDate().withDayOfYear(1).atStartOfDay();
      case UNKNOWN -> throw new IllegalStateException("refused before");
    };
  }

  private static ChronoUnit unit(Granularity by) {
    return switch (by) {
      case HOUR -> ChronoUnit.HOURS;
      case DAY -> ChronoUnit.DAYS;
      case MONTH -> ChronoUnit.MONTHS;
      case YEAR -> ChronoUnit.YEARS;
      case UNKNOWN -> throw new IllegalStateException("refused before");
    };
  }

  /**
   * A partition as people name it, e.g. {@code 2026-11-24}, {@code 2026-11} or an hour of a zone.
   */
  static String name(ZonedDateTime begin, Granularity by) {
    return DateTimeFormatter.ofPattern(
            switch (by) {
              case HOUR -> "uuuu-MM-dd'T'HH:mmXXX";
              case DAY -> "uuuu-MM-dd";
              case MONTH -> "uuuu-MM";
              case YEAR -> "uuuu";
              case UNKNOWN -> throw new IllegalStateException("refused before");
            },
            Locale.ROOT)
        .format(begin);
  }

  private static LocalDate moved(LocalDate day, Granularity by, long steps) {
    return switch (by) {
      case DAY -> day.plusDays(steps);
      case MONTH -> day.plusMonths(steps);
      case YEAR -> day.plusYears(steps);
      case HOUR, UNKNOWN -> throw new IllegalStateException("no day");
    };
  }

  private static ZonedDateTime hoursAfter(ZonedDateTime begin, long steps) {
    var at = begin;
    for (var i = 0L; i < steps; i++) {
      var local = at.toLocalDateTime().truncatedTo(ChronoUnit.HOURS);
      var next = at;
      while (!next.isAfter(at)) {
        local = local.plusHours(1);
        next = hour(local, at.getZone());
      }
      at = next;
    }
    return at;
  }

  private static ZonedDateTime hoursBefore(ZonedDateTime begin, long steps) {
    var at = begin;
    for (var i = 0L; i < steps; i++) {
      at = floor(at.minusNanos(1), Granularity.HOUR);
    }
    return at;
  }

  /** Of an hour that comes twice the first, of one that never comes the moment after. */
  private static ZonedDateTime hour(LocalDateTime local, ZoneId zone) {
    return ZonedDateTime.ofLocal(local.truncatedTo(ChronoUnit.HOURS), zone, null);
  }
}
