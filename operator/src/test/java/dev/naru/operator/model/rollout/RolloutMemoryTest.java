package dev.naru.operator.model.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.crds.v1alpha1.RolloutPhase;
import dev.naru.crds.v1alpha1.RolloutStatus;
import dev.naru.operator.model.rollout.Rollout.Held;
import dev.naru.operator.model.rollout.Rollout.Promoting;
import dev.naru.operator.model.rollout.Rollout.RolledBack;
import dev.naru.operator.model.rollout.Rollout.Running;
import dev.naru.operator.model.rollout.Rollout.Settled;
import dev.naru.operator.model.rollout.RolloutDecision.Share;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class RolloutMemoryTest {

  private static final Instant NOW = Instant.parse("2026-11-30T00:00:00Z");

  private static final Running STEP = Running.starting("v2").at(1);

  private static final List<Rollout> ALL =
      List.of(
          new Settled(),
          Running.starting("v2"),
          STEP,
          STEP.begun(NOW),
          STEP.begun(NOW).holding(new Held(true, "it fails")),
          STEP.begun(NOW).holding(new Held(false, "somebody asked for it")),
          new Promoting("v2"),
          new RolledBack("v2", "it fails"));

  @Test
  void whatWasDecidedIsReadAsItWasWritten() {
    for (var rollout : ALL) {
      assertThat(RolloutMemory.read(RolloutMemory.decided(decision(rollout)))).contains(rollout);
    }
  }

  @Test
  void whatIsDoneIsReadAsDone() {
    for (var rollout : ALL) {
      var read = RolloutMemory.read(RolloutMemory.done(decision(rollout), NOW)).orElseThrow();
      assertThat(read).isEqualTo(rollout.done(NOW));
      assertThat(read.done()).isTrue();
    }
  }

  @Test
  void theShareIsTheOneThatTheRoutesGive() {
    assertThat(RolloutMemory.decided(decision(STEP)).percent()).isEqualTo(20);
    assertThat(RolloutMemory.done(decision(STEP), NOW).percent()).isEqualTo(50);
  }

  @Test
  void whatDoesNotSayWhichRevisionIsNoMemory() {
    for (var phase : RolloutPhase.values()) {
      assertThat(RolloutMemory.read(new RolloutStatus(phase, null, 20, 0, NOW, null)))
          .as("%s", phase)
          .isEqualTo(phase == RolloutPhase.SETTLED ? Optional.of(new Settled()) : Optional.empty());
    }
    assertThat(RolloutMemory.read(null)).isEmpty();
  }

  private static RolloutDecision decision(Rollout next) {
    return new RolloutDecision(
        next,
        false,
        Optional.of(new Share("v2", 50)),
        20,
        false,
        Set.of(),
        Optional.empty(),
        Optional.empty());
  }
}
