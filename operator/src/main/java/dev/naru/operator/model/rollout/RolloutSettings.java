package dev.naru.operator.model.rollout;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How a new revision is rolled out.
 *
 * @param steps shares of the canary in percent, growing; the last one is 100
 * @param interval how long each step lasts at least
 * @param analysis what the canary's own metrics must show; empty when time alone decides
 */
public record RolloutSettings(
    List<Integer> steps,
    Duration interval,
    Optional<AnalysisLimits> analysis,
    OnFailure onFailure) {

  /** What becomes of a canary that fails. */
  public enum OnFailure {
    /** All requests go to the stable revision again. */
    ROLLBACK,
    /** The canary keeps its share until a person decides. */
    HOLD
  }

  public RolloutSettings {
    steps = List.copyOf(steps);
    if (steps.isEmpty() || steps.getLast() != 100) {
      throw new IllegalArgumentException("the last step must be 100, not " + steps);
    }
  }

  /** Whether a step is the last one. */
  boolean last(int step) {
    return step >= steps.size() - 1;
  }

  /** The share at a step; a step that is not there any more counts as the last one. */
  int share(int step) {
    return steps.get(Math.min(step, steps.size() - 1));
  }
}
