package dev.naru.operator.model;

import dev.naru.crds.v1alpha1.ModelService;
import dev.naru.crds.v1alpha1.ModelServiceStatus;
import dev.naru.operator.model.rollout.Rollout;
import dev.naru.operator.model.rollout.RolloutDecision;
import dev.naru.operator.status.StatusWriter;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import java.util.Optional;

/**
 * Writes status, twice where a rollout goes on: what was decided before anything of it is done, and
 * in the end how the service stands. Whoever dies in between leaves a decision that its successor
 * finds, where a verdict on metrics would have to be found anew.
 */
final class ServingStatuses {

  private final RolloutMetrics rollouts;

  ServingStatuses(RolloutMetrics rollouts) {
    this.rollouts = rollouts;
  }

  /**
   * Writes down what was decided, where it is new. Where it is not, and a canary is to get more, it
   * makes sure that nobody has decided otherwise meanwhile: a cache may be older than a verdict.
   *
   * @param target the declared revision
   */
  void decided(
      ServingProgress progress,
      RolloutDecision decision,
      String target,
      Context<ModelService> context) {
    if (progress.memory().orElseGet(Rollout.Settled::new).equals(decision.next())) {
      if (decision.gives()) {
        StatusWriter.confirm(progress.stored, ModelService.class, context);
      }
      return;
    }
    told(progress, ServingVerdict.decided(progress, decision), Optional.of(target), context);
  }

  /**
   * Writes how the service stands, where that is new.
   *
   * @param target the declared revision; empty when nobody knows which one that is
   */
  void told(
      ServingProgress progress,
      ModelServiceStatus status,
      Optional<String> target,
      Context<ModelService> context) {
    var before = Optional.ofNullable(progress.stored.getStatus());
    progress.stored = StatusWriter.write(progress.stored, status, ModelService::new, context);
    rollouts.count(before, status, target);
  }
}
