package dev.naru.operator.mart;

import dev.naru.crds.v1alpha1.Granularity;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;

/**
 * Where partitions begin in a time zone. They follow the calendar: a day that has no midnight
 * begins with its first moment, and an hour that comes twice is one partition, as a DATETIME cannot
 * tell its two halves apart. Pure.
 */
final class PartitionTime {

  private PartitionTime() {}

  /** The begin of the partition that holds a moment. */
  static ZonedDateTime floor(ZonedDateTime at, Granularity by) {
    var zone = at.getZone();
    var day = at.toLocalDate();
    return switch (by) {
      case HOUR -> hour(at.toLocalDateTime(), zone);
      case DAY -> day.atStartOfDay(zone);
      case MONTH -> day.withDayOfMonth(1).atStartOfDay(zone);
      case YEAR -> day.withDayOfYear(1).atStartOfDay(zone);
      case UNKNOWN -> throw new IllegalStateException("refused before");
    };
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
