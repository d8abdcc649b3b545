package dev.naru.operator.backfill;

import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;

/**
 * A part of a Backfill's range that is published at once.
 *
 * @param to exclusive
 */
record Interval(Instant from, Instant to) {

  private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("uuuuMMdd");
  private static final DateTimeFormatter HOUR = DateTimeFormatter.ofPattern("uuuuMMdd'T'HH");

  /** For people: {@code 2026-01-01 to 2026-01-08}. */
  String text(ZoneId zone) {
    return text(from.atZone(zone)) + " to " + text(to.atZone(zone));
  }

  /** As one would write it in a range: a day, or a moment when it is no midnight. */
  static String text(ZonedDateTime at) {
    return isMidnight(at)
        ? at.toLocalDate().toString()
        : DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(at);
  }

  /**
   * What {@link #text(ZonedDateTime)} writes: a day, which begins in the zone, or a moment.
   *
   * @throws java.time.DateTimeException when it is neither
   */
  static ZonedDateTime read(String text, ZoneId zone) {
    return text.length() == 10
        ? LocalDate.parse(text).atStartOfDay(zone)
        : OffsetDateTime.parse(text).atZoneSameInstant(zone);
  }

  /** As jobs and labels name it: {@code 20260101}. */
  String name(ZoneId zone) {
    var begin = from.atZone(zone);
    return isMidnight(begin) && isMidnight(to.atZone(zone))
        ? DAY.format(begin)
        : HOUR.format(begin);
  }

  private static boolean isMidnight(ZonedDateTime at) {
    return at.equals(at.toLocalDate().atStartOfDay(at.getZone()));
  }
}
