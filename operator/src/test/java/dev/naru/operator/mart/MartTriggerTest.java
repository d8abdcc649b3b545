package dev.naru.operator.mart;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MartTriggerTest {

  @Test
  void onlyTheLastMissedFiringIsMadeUp() {
    var mart = Marts.published(Marts.small(), Instant.parse("2026-11-01T20:30:00Z"));
    var due = MartTrigger.due(mart, Instant.parse("2026-11-24T21:00:00Z")).orElseThrow();
    assertThat(due.scheduled()).contains(Instant.parse("2026-11-24T20:30:00Z"));
    assertThat(due.end()).isEqualTo("2026-11-24T15:00:00Z");
    assertThat(due.id())
        .isEqualTo("s-" + Instant.parse("2026-11-24T20:30:00Z").getEpochSecond() / 60);
  }

  @Test
  void aMissedFiringOfLongAgoIsFound() {
    var mart =
        Marts.mart(
            Marts.SMALL.replace("30 5 * * *", "30 5 1 1 *").replace("2026-11-20", "2025-11-20"));
    assertThat(
            MartTrigger.due(mart, Instant.parse("2026-11-24T21:00:00Z")).orElseThrow().scheduled())
        .contains(Instant.parse("2025-12-31T20:30:00Z"));
  }

  @Test
  void nothingIsDueBeforeTheFirstFiringNorAfterIt() {
    assertThat(MartTrigger.due(Marts.small(), Instant.parse("2026-11-20T10:00:00Z"))).isEmpty();
    var ran = Marts.published(Marts.small(), Instant.parse("2026-11-24T20:30:00Z"));
    assertThat(MartTrigger.due(ran, Instant.parse("2026-11-24T21:00:00Z"))).isEmpty();
    // the clock was set back
    assertThat(MartTrigger.due(ran, Instant.parse("2026-11-23T21:00:00Z"))).isEmpty();
  }

  @Test
  void aRequestRunsOnceWithOneId() {
    var mart = Marts.small();
    mart.getMetadata().setAnnotations(Map.of("naru.dev/run-requested-at", "now"));
    var due = MartTrigger.due(mart, Instant.parse("2026-11-20T10:00:00Z")).orElseThrow();
    assertThat(due.request()).contains("now");
    assertThat(MartTrigger.due(mart, Instant.parse("2026-11-20T10:05:00Z")).orElseThrow().id())
        .isEqualTo(due.id());
  }

  @Test
  void nothingIsDueWhileSuspended() {
    var mart = Marts.mart(Marts.SMALL.replace("  tables:", "  suspend: true\n  tables:"));
    mart.getMetadata().setAnnotations(Map.of("naru.dev/run-requested-at", "now"));
    assertThat(MartTrigger.due(mart, Instant.parse("2026-11-24T21:00:00Z"))).isEmpty();
    assertThat(MartTrigger.next(mart.getSpec(), Instant.parse("2026-11-24T21:00:00Z"))).isEmpty();
  }

  @Test
  void anUpstreamIsLateUntilItReachesTheEndOfTheWindow() {
    var mart = Marts.resolved(Marts.small());
    var spec = Marts.small().getSpec();
    assertThat(mart.upstreams()).hasSize(1);
    assertThat(MartTrigger.late(spec, mart.upstreams(), Instant.parse("2026-11-24T15:00:00Z")))
        .isEmpty();
    var late = MartTrigger.late(spec, mart.upstreams(), Instant.parse("2026-11-25T15:00:00Z"));
    assertThat(MartTrigger.describe(late))
        .isEqualTo(
            "IngestionJob reservations (raw.reservations, complete up to 2026-11-24T19:00:00Z)");
    var none = Marts.mart(Marts.SMALL.replace("  tables:", "  upstream: {wait: None}\n  tables:"));
    assertThat(
            MartTrigger.late(
                none.getSpec(), mart.upstreams(), Instant.parse("2026-11-25T15:00:00Z")))
        .isEqualTo(List.of());
  }

  /** Each hour a firing; the clock goes an hour back, a day ahead, and back again. */
  @Test
  void aClockThatMovesNeitherRepeatsNorSkips() {
    var mart = Marts.mart(Marts.SMALL.replace("30 5 * * *", "0 * * * *"));
    var begin = Instant.parse("2026-11-24T00:00:30Z");
    Marts.published(mart, begin.minusSeconds(30));
    var fired = new ArrayList<Instant>();
    for (var shift :
        new long[] {0, 1800, 3600, 0, 1800, 3600, 7200, 86_400, 7200, 10_800, 90_000}) {
      MartTrigger.due(mart, begin.plusSeconds(shift))
          .flatMap(MartTrigger.Due::scheduled)
          .ifPresent(
              at -> {
                fired.add(at);
                Marts.published(mart, at);
              });
    }
    assertThat(fired)
        .as("once each, the last one of what was missed")
        .containsExactly(
            Instant.parse("2026-11-24T01:00:00Z"),
            Instant.parse("2026-11-24T02:00:00Z"),
            Instant.parse("2026-11-25T00:00:00Z"),
            Instant.parse("2026-11-25T01:00:00Z"));
  }
}
