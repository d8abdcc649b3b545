package dev.naru.operator.mart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.bigquery.mart.Window;
import dev.naru.crds.v1alpha1.Granularity;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PartitionTimeTest {

  /** Where clocks change at midnight, around it, by half an hour, by a whole day, or never. */
  private static final List<String> ZONES =
      List.of(
          "America/Santiago",
          "Atlantic/Azores",
          "Africa/Cairo",
          "Asia/Beirut",
          "America/Havana",
          "America/Asuncion",
          "America/Sao_Paulo",
          "Pacific/Apia",
          "Australia/Lord_Howe",
          "Europe/Berlin",
          "America/Los_Angeles",
          "Asia/Kolkata",
          "Asia/Seoul",
          "UTC");

  @Provide
  Arbitrary<String> zones() {
    return Arbitraries.of(ZONES);
  }

  @Provide
  Arbitrary<LocalDate> days() {
    return Arbitraries.longs()
        .between(LocalDate.of(2009, 1, 1).toEpochDay(), LocalDate.of(2027, 12, 31).toEpochDay())
        .map(LocalDate::ofEpochDay);
  }

  @Provide
  Arbitrary<Granularity> lengths() {
    return Arbitraries.of(Granularity.HOUR, Granularity.DAY, Granularity.MONTH, Granularity.YEAR);
  }

  @Property(tries = 4000)
  void partitionsOfARangeFollowEachOtherWithoutGap(
      @ForAll("zones") String zone,
      @ForAll("days") LocalDate day,
      @ForAll("lengths") Granularity by,
      @ForAll @IntRange(min = 1, max = 3) int step) {
    var begin = PartitionTime.floor(day.atStartOfDay(ZoneId.of(zone)), by);
    for (var i = 0; i < 30; i++) {
      var next = PartitionTime.after(begin, by, step);
      assertThat(next.toInstant()).isAfter(begin.toInstant());
      assertThat(PartitionTime.floor(next, by)).isEqualTo(next);
      if (by != Granularity.HOUR) {
        var first = new Window(begin.toInstant(), next.toInstant(), begin.getZone());
        var second = new Window(next.toInstant(), next.toInstant(), begin.getZone());
        assertThat(first.endDay()).isEqualTo(second.firstDay()).isEqualTo(second.endDay());
      } else {
        // for a DATETIME: what is told apart by its clock
        assertThat(next.toLocalDateTime()).isAfter(begin.toLocalDateTime());
      }
      begin = next;
    }
  }

  @Property(tries = 4000)
  void everyMomentLiesInThePartitionOfItsCalendar(
      @ForAll("zones") String zone,
      @ForAll("days") LocalDate day,
      @ForAll("lengths") Granularity by,
      @ForAll @IntRange(min = 0, max = 48 * 60) int minutes) {
    var at = day.atStartOfDay(ZoneId.of(zone)).plusMinutes(minutes);
    var begin = PartitionTime.floor(at, by);
    assertThat(begin.toInstant()).isBeforeOrEqualTo(at.toInstant());
    assertThat(PartitionTime.after(begin, by, 1).toInstant()).isAfter(at.toInstant());
  }

  @Property(tries = 2000)
  void hoursAreSteppedBackAsForth(
      @ForAll("zones") String zone,
      @ForAll("days") LocalDate day,
      @ForAll @IntRange(min = 0, max = 60) int steps) {
    var begin = PartitionTime.floor(day.atStartOfDay(ZoneId.of(zone)), Granularity.HOUR);
    var end = PartitionTime.after(begin, Granularity.HOUR, steps);
    assertThat(PartitionTime.before(end, Granularity.HOUR, steps)).isEqualTo(begin);
  }

  @ParameterizedTest
  @CsvSource({
    // no midnight: the day begins at one
    "America/Santiago,DAY,2026-09-06T12:00:00Z,2026-09-06T04:00:00Z,2026-09-07T03:00:00Z",
    "Africa/Cairo,DAY,2026-04-24T12:00:00Z,2026-04-23T22:00:00Z,2026-04-24T21:00:00Z",
    // two midnights: the day begins with the first
    "America/Havana,DAY,2026-11-01T12:00:00Z,2026-11-01T04:00:00Z,2026-11-02T05:00:00Z",
    // the hour from 2 to 3 comes twice, and never
    "Europe/Berlin,HOUR,2026-10-25T01:30:00Z,2026-10-25T00:00:00Z,2026-10-25T02:00:00Z",
    "Europe/Berlin,HOUR,2026-03-29T01:30:00Z,2026-03-29T01:00:00Z,2026-03-29T02:00:00Z",
    "America/Santiago,MONTH,2026-09-06T12:00:00Z,2026-09-01T04:00:00Z,2026-10-01T03:00:00Z"
  })
  void clocksChange(String zone, Granularity by, Instant at, Instant begin, Instant next) {
    ZonedDateTime floor = PartitionTime.floor(at.atZone(ZoneId.of(zone)), by);
    assertThat(floor.toInstant()).isEqualTo(begin);
    assertThat(PartitionTime.after(floor, by, 1).toInstant()).isEqualTo(next);
  }

  @Property(tries = 1000)
  void partitionsAreCountedAsTheyFollowEachOther(
      @ForAll("zones") String zone,
      @ForAll("days") LocalDate day,
      @ForAll("lengths") Granularity by,
      @ForAll @IntRange(max = 60) int steps) {
    var first = PartitionTime.floor(day.atStartOfDay(ZoneId.of(zone)), by);
    assertThat(PartitionTime.count(first, PartitionTime.after(first, by, steps), by))
        .isEqualTo(steps + 1);
  }
}
