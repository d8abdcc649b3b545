package dev.naru.operator.model;

import dev.naru.crds.v1alpha1.ModelServiceStatus;
import dev.naru.crds.v1alpha1.RolloutStatus;
import dev.naru.operator.metrics.Label;
import dev.naru.operator.metrics.Meters;
import dev.naru.operator.metrics.Metric;
import dev.naru.operator.model.rollout.Rollout;
import dev.naru.operator.model.rollout.RolloutMemory;
import java.util.Optional;

/**
 * Counts rollouts by steps that ended. Called after status was written: what status knows is never
 * counted again. A crash in between loses the count of one.
 */
public final class RolloutMetrics {

  private final Meters meters;

  public RolloutMetrics(Meters meters) {
    this.meters = meters;
    Label.ROLLOUT_RESULT
        .allowed()
        .orElseThrow()
        .forEach(it -> meters.announce(Metric.ROLLOUTS_ENDED, it));
  }

  /**
   * What status has just learnt.
   *
   * @param target the declared revision; empty when nobody knows which one that is
   */
  void count(
      Optional<ModelServiceStatus> before, ModelServiceStatus after, Optional<String> target) {
    ended(before.map(ModelServiceStatus::rollout), after.rollout(), target)
        .ifPresent(it -> meters.count(Metric.ROLLOUTS_ENDED, it));
  }

  /** How a rollout that was under way ended; empty when none was, or it still is. */
  static Optional<String> ended(
      Optional<RolloutStatus> before, RolloutStatus after, Optional<String> target) {
    return before
        .flatMap(RolloutMemory::read)
        .flatMap(Rollout::canary)
        .flatMap(candidate -> ended(candidate, RolloutMemory.read(after), target));
  }

  private static Optional<String> ended(
      String candidate, Optional<Rollout> after, Optional<String> target) {
    if (after.isEmpty()) {
      return Optional.of("replaced");
    }
    return switch (after.get()) {
      case Rollout.RolledBack _ -> Optional.of("rolled_back");
      case Rollout.Settled _ ->
          Optional.of(target.filter(candidate::equals).isPresent() ? "succeeded" : "replaced");
      case Rollout.Running it -> replaced(candidate, it.candidate());
      case Rollout.Promoting it -> replaced(candidate, it.candidate());
    };
  }

  private static Optional<String> replaced(String before, String after) {
    return before.equals(after) ? Optional.empty() : Optional.of("replaced");
  }
}
