package dev.naru.worker.source.postgresql;

import dev.naru.worker.source.CursorType;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * The rows an incremental run reads: from the last bound less the lookback up to this bound. What
 * is read twice is merged by key.
 */
final class CursorRange {

  /** The zones of the earth lie between these offsets. */
  private static final Duration WEST = Duration.ofHours(12);

  private static final Duration EAST = Duration.ofHours(14);

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private CursorRange() {}

  /** The predicate of the rows in {@code [from − lookback, bound)}. */
  static String predicate(
      CursorType type, String column, String from, String bound, Duration lookback) {
    var name = Sql.identifier(column);
    return switch (type) {
      case TIMESTAMP ->
          range(
              name,
              "'%s+00'::timestamptz".formatted(TIME.format(Instant.parse(from).minus(lookback))),
              "'%s+00'::timestamptz".formatted(TIME.format(Instant.parse(bound))));
      // the zone is not known: what any zone may have written is read
      case DATETIME ->
          range(
              name,
              "'%s'::timestamp"
                  .formatted(TIME.format(Instant.parse(from).minus(lookback).minus(WEST))),
              "'%s'::timestamp".formatted(TIME.format(Instant.parse(bound).plus(EAST))));
      case DATE ->
          range(
              name,
              "'%s'::date".formatted(day(Instant.parse(from).minus(lookback).minus(WEST))),
              "'%s'::date".formatted(day(Instant.parse(bound).plus(EAST)).plusDays(1)));
      case INTEGER ->
          range(name, new BigInteger(from).toString(), new BigInteger(bound).toString());
    };
  }

  private static LocalDate day(Instant instant) {
    return LocalDate.ofInstant(instant, ZoneOffset.UTC);
  }

  private static String range(String name, String from, String to) {
    return "%s >= %s AND %s < %s".formatted(name, from, name, to);
  }
}
