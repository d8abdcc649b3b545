package dev.naru.operator.mart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.bigquery.mart.Parameter;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MartWindowsTest {

  private static final Instant MIDNIGHT_IN_SEOUL = Instant.parse("2026-11-24T15:00:00Z");

  private static final String HOURLY =
      """
      apiVersion: naru.dev/v1alpha1
      kind: DataMart
      metadata: {name: store, namespace: rental}
      spec:
        warehouseRef: {name: main}
        dataset: {name: store}
        schedule: {cron: "5 * * * *", timeZone: Asia/Seoul}
        tables:
        - name: day
          sql: {inline: "SELECT day FROM raw.x WHERE day >= @interval_start AND day < @interval_end"}
          materialization: {type: Partitions, partitions: {partitionBy: {column: day, granularity: Day}}}
        - name: hour
          sql: {inline: "SELECT at FROM raw.x WHERE at >= @interval_start AND at < @interval_end"}
          materialization: {type: Partitions, partitions: {partitionBy: {column: at, granularity: Hour}}}
      """;

  private final dev.naru.crds.v1alpha1.DataMartSpec spec = Marts.small().getSpec();
  private final dev.naru.crds.v1alpha1.DataMartTable day = spec.tables().get(1);
  private final dev.naru.crds.v1alpha1.DataMartTable week = spec.tables().get(0);

  @Test
  void aRunBuildsUpToTheLastMidnightOfTheSchedulesZone() {
    assertThat(MartWindows.end(spec, Instant.parse("2026-11-24T20:30:00Z")))
        .isEqualTo(MIDNIGHT_IN_SEOUL);
    assertThat(MartWindows.end(spec, MIDNIGHT_IN_SEOUL)).isEqualTo(MIDNIGHT_IN_SEOUL);
    assertThat(MartWindows.end(spec, MIDNIGHT_IN_SEOUL.minusSeconds(1)))
        .isEqualTo(MIDNIGHT_IN_SEOUL.minusSeconds(86_400));
  }

  @Test
  void theFirstRunBuildsEverythingSince() {
    assertThat(window(Optional.empty()).start()).isEqualTo("2025-12-31T15:00:00Z");
  }

  @Test
  void aRegularRunBuildsTheNewestPartitions() {
    assertThat(window(Optional.of(MIDNIGHT_IN_SEOUL)).start()).isEqualTo("2026-11-21T15:00:00Z");
    assertThat(MartWindows.parameters(day, window(Optional.of(MIDNIGHT_IN_SEOUL))))
        .containsEntry("interval_start", new Parameter.Day(LocalDate.parse("2026-11-22")))
        .containsEntry("interval_end", new Parameter.Day(LocalDate.parse("2026-11-25")));
  }

  @Test
  void runsThatWereMissedAreMadeUp() {
    assertThat(window(Optional.of(MIDNIGHT_IN_SEOUL.minusSeconds(10 * 86_400))).start())
        .isEqualTo("2026-11-14T15:00:00Z");
  }

  @Test
  void aTableOfAllRowsHasMomentsForParameters() {
    var window = MartWindows.of(week, MartWindows.zone(spec), MIDNIGHT_IN_SEOUL, Optional.empty());
    assertThat(MartWindows.parameters(week, window))
        .containsEntry("interval_start", new Parameter.Moment(Instant.EPOCH))
        .containsEntry("interval_end", new Parameter.Moment(MIDNIGHT_IN_SEOUL));
  }

  @Test
  void aDayThatGoesOnIsRebuiltAsAWholeBesideHours() {
    var mart = Marts.mart(HOURLY).getSpec();
    var zone = MartWindows.zone(mart);
    var byDay = mart.tables().get(0);
    var at = Instant.parse("2026-11-24T16:05:00Z");
    var end = MartWindows.end(mart, at);
    assertThat(end).isEqualTo("2026-11-24T16:00:00Z");
    var window = MartWindows.of(byDay, zone, end, Optional.of(end.minusSeconds(3600)));
    assertThat(MartWindows.parameters(byDay, window))
        .containsEntry("interval_start", new Parameter.Day(LocalDate.parse("2026-11-25")))
        .containsEntry("interval_end", new Parameter.Day(LocalDate.parse("2026-11-26")));
    assertThat(MartWindows.mayBeEmpty(byDay, window)).isTrue();

    var full = MartWindows.of(byDay, zone, MIDNIGHT_IN_SEOUL, Optional.of(MIDNIGHT_IN_SEOUL));
    assertThat(MartWindows.parameters(byDay, full))
        .containsEntry("interval_start", new Parameter.Day(LocalDate.parse("2026-11-24")))
        .containsEntry("interval_end", new Parameter.Day(LocalDate.parse("2026-11-25")));
    assertThat(MartWindows.mayBeEmpty(byDay, full)).isFalse();
  }

  @Test
  void anHourThatComesTwiceIsBuiltOnceItIsOver() {
    var mart = Marts.mart(HOURLY.replace("Asia/Seoul", "Europe/Berlin")).getSpec();
    assertThat(MartWindows.end(mart, Instant.parse("2026-10-25T01:05:00Z")))
        .isEqualTo("2026-10-25T00:00:00Z");
    var end = MartWindows.end(mart, Instant.parse("2026-10-25T02:05:00Z"));
    assertThat(
            MartWindows.of(
                mart.tables().get(1),
                MartWindows.zone(mart),
                end,
                Optional.of(Instant.parse("2026-10-25T00:00:00Z"))))
        .isEqualTo(
            new dev.naru.bigquery.mart.Window(
                Instant.parse("2026-10-25T00:00:00Z"),
                Instant.parse("2026-10-25T02:00:00Z"),
                MartWindows.zone(mart)));
  }

  @Test
  void aDayWithoutMidnightIsADayOfItsOwn() {
    var mart = Marts.mart(Marts.SMALL.replace("Asia/Seoul", "America/Santiago")).getSpec();
    var end = MartWindows.end(mart, Instant.parse("2026-09-08T12:00:00Z"));
    var window =
        MartWindows.of(mart.tables().get(1), MartWindows.zone(mart), end, Optional.of(end));
    assertThat(MartWindows.parameters(mart.tables().get(1), window))
        .containsEntry("interval_start", new Parameter.Day(LocalDate.parse("2026-09-05")))
        .containsEntry("interval_end", new Parameter.Day(LocalDate.parse("2026-09-08")));
    assertThat(window.start()).isEqualTo("2026-09-05T04:00:00Z");
  }

  private dev.naru.bigquery.mart.Window window(Optional<Instant> through) {
    return MartWindows.of(day, MartWindows.zone(spec), MIDNIGHT_IN_SEOUL, through);
  }
}
