package dev.naru.operator.mart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.crds.v1alpha1.ConditionStatus;
import dev.naru.crds.v1alpha1.ConditionTypes;
import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.IngestionJob;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RunStartTest {

  /** Of the firing at 05:30 in Seoul; the data it needs reach to midnight, 15:00Z. */
  private static final Instant FIRED = Instant.parse("2026-11-24T20:30:00Z");

  @Test
  void anUpstreamPastItsDeadlineIsNamedAndTheRunStartsWhenItCame() {
    var step = step(FIRED.plusSeconds(60));
    assertThat(RunStart.begin(step, resolved("2026-11-24T14:00:00Z"))).isEmpty();
    assertThat(message(step, ConditionTypes.READY))
        .isEqualTo(
            "Runs at '30 5 * * *' Asia/Seoul; The run of the window up to 2026-11-24T15:00:00Z waits for IngestionJob reservations (raw.reservations, complete up to 2026-11-24T14:00:00Z)");
    assertThat(step.conditions.get(ConditionTypes.FRESH)).as("not late yet").isEmpty();
    assertThat(step.lookAgain().orElseThrow()).as("at the deadline").hasSeconds(3 * 3600 - 59);

    var late = step(FIRED.plusSeconds(3 * 3600));
    assertThat(RunStart.begin(late, resolved("2026-11-24T14:00:00Z"))).isEmpty();
    var fresh = late.conditions.get(ConditionTypes.FRESH).orElseThrow();
    assertThat(fresh.status()).isEqualTo(ConditionStatus.FALSE);
    assertThat(fresh.reason()).isEqualTo("UpstreamLate");
    assertThat(fresh.message())
        .contains("waits for IngestionJob reservations", "longer than spec.upstream.deadline");
    assertThat(late.conditions.isTrue(ConditionTypes.READY)).as("goes on waiting").isTrue();

    var run = RunStart.begin(late, resolved("2026-11-24T15:00:00Z")).orElseThrow();
    assertThat(run.id()).isEqualTo("s-" + FIRED.getEpochSecond() / 60);
    assertThat(late.conditions.isTrue(ConditionTypes.FRESH)).isTrue();
  }

  private static MartStep step(Instant now) {
    return new MartStep(Marts.small(), Clock.fixed(now, ZoneOffset.UTC));
  }

  private static ResolvedMart resolved(String through) {
    DataMart mart = Marts.small();
    var around = Marts.around(mart);
    var job =
        Serialization.unmarshal(
            Marts.RESERVATIONS.replace("2026-11-24T19:00:00Z", through), IngestionJob.class);
    return switch (MartResolver.resolve(
        mart,
        new MartSurroundings(
            around.warehouses(),
            around.configMaps(),
            List.of(job),
            List.of(mart),
            List.of(),
            around.names()))) {
      case MartResolution.Resolved(var resolved) -> resolved;
      case MartResolution.Unresolved(var why) -> throw new AssertionError(why.message());
    };
  }

  private static String message(MartStep step, String type) {
    return step.conditions.get(type).orElseThrow().message();
  }
}
