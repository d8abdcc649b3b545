package dev.naru.operator.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.crds.v1alpha1.RolloutPhase;
import dev.naru.crds.v1alpha1.RolloutStatus;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class RolloutMetricsTest {

  private static final RolloutStatus SETTLED = status(RolloutPhase.SETTLED, null);

  /** Of the second revision, under way. */
  private static final List<RolloutStatus> GOING =
      List.of(
          status(RolloutPhase.RUNNING, "v2"),
          status(RolloutPhase.HELD, "v2"),
          status(RolloutPhase.FAILED, "v2"),
          status(RolloutPhase.PROMOTING, "v2"));

  private static RolloutStatus status(RolloutPhase phase, String revision) {
    var step = revision == null ? null : (Integer) 0;
    return new RolloutStatus(phase, revision, 20, step, Instant.EPOCH, null);
  }

  @Test
  void whatIsRolledOutHasSucceeded() {
    for (var going : GOING) {
      assertThat(ended(going, SETTLED, "v2")).contains("succeeded");
    }
  }

  @Test
  void whatIsTakenBackIsCountedOnce() {
    var back = status(RolloutPhase.ROLLED_BACK, "v2");
    for (var going : GOING) {
      assertThat(ended(going, back, "v2")).contains("rolled_back");
    }
    assertThat(ended(back, back, "v2")).isEmpty();
  }

  @Test
  void anotherDeclarationReplacesIt() {
    for (var going : GOING) {
      assertThat(ended(going, status(RolloutPhase.RUNNING, "v3"), "v3")).contains("replaced");
      assertThat(ended(going, SETTLED, "v1")).as("back to what is rolled out").contains("replaced");
      assertThat(ended(going, null, "v2")).as("no steps any more").contains("replaced");
    }
  }

  @Test
  void nothingElseEndsOne() {
    for (var before : GOING) {
      for (var after : GOING) {
        assertThat(ended(before, after, "v2")).isEmpty();
      }
    }
    assertThat(ended(SETTLED, SETTLED, "v2")).isEmpty();
    assertThat(ended(SETTLED, GOING.getFirst(), "v2")).isEmpty();
    assertThat(ended(null, SETTLED, "v2")).isEmpty();
    assertThat(ended(status(RolloutPhase.ROLLED_BACK, "v2"), GOING.getFirst(), "v2")).isEmpty();
  }

  private static Optional<String> ended(RolloutStatus before, RolloutStatus after, String target) {
    return RolloutMetrics.ended(Optional.ofNullable(before), after, Optional.of(target));
  }
}
