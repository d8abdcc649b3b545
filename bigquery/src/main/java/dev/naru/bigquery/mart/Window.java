package dev.naru.bigquery.mart;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;

/**
 * The span of data a run is about: from {@code start}, inclusive, to {@code end}, exclusive.
 *
 * @param zone in which days, months and years begin
 */
public record Window(Instant start, Instant end, ZoneId zone) {

  /** The first day that it touches. */
  public LocalDate firstDay() {
    return start.atZone(zone).toLocalDate();
  }

  /** The day after the last one that it touches. A day need not begin at 00:00. */
  public LocalDate endDay() {
    var day = end.atZone(zone).toLocalDate();
    return begin(day).isBefore(end) ? day.plusDays(1) : day;
  }

  /** When a day begins in its zone. */
  Instant begin(LocalDate day) {
    return day.atStartOfDay(zone).toInstant();
  }
}
