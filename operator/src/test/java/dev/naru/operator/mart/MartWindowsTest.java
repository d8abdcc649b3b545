package dev.naru.operator.mart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.bigquery.mart.Parameter;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MartWindowsTest {

  private static final Instant MIDNIGHT_IN_SEOUL = Instant.parse("2026-11-24T15:00:00Z");

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

  private dev.naru.bigquery.mart.Window window(Optional<Instant> through) {
    return MartWindows.of(day, MartWindows.zone(spec), MIDNIGHT_IN_SEOUL, through);
  }
}
