package dev.naru.operator.model;

import dev.naru.crds.v1alpha1.ConditionTypes;
import dev.naru.crds.v1alpha1.ModelService;
import dev.naru.crds.v1alpha1.ModelServiceStatus;
import dev.naru.operator.model.rollout.Rollout;
import dev.naru.operator.model.rollout.RolloutMemory;
import dev.naru.operator.status.Conditions;
import dev.naru.operator.status.LookAgain;
import dev.naru.operator.status.Notice;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What one reconcile finds out on its way. */
final class ServingProgress {

  final ModelService service;

  /** Its status when the reconcile began. */
  final Optional<ModelServiceStatus> before;

  /** As it is stored now. */
  ModelService stored;

  final Conditions conditions;
  final List<Notice> notices = new ArrayList<>();

  /** Empty when nothing could be decided. */
  Optional<StepRollout.Turn> turn = Optional.empty();

  /** Whether canary and routes are as was decided. */
  boolean followed;

  final LookAgain lookAgain = new LookAgain();

  ServingProgress(ModelService service, Clock clock) {
    this.service = service;
    this.stored = service;
    this.before = Optional.ofNullable(service.getStatus());
    this.conditions =
        new Conditions(
            before.map(ModelServiceStatus::conditions).orElse(List.of()),
            service.getMetadata().getGeneration(),
            clock);
  }

  /** Whether the stored status says that this very generation had all its children. */
  boolean realised() {
    return before
        .filter(it -> service.getMetadata().getGeneration().equals(it.observedGeneration()))
        .filter(it -> Conditions.isTrue(it.conditions(), ConditionTypes.READY))
        .isPresent();
  }

  /** Whether nothing can be left of what an older generation wanted. */
  boolean settled() {
    if (service.getMetadata().getGeneration() == 1) {
      return true;
    }
    var conditions = before.map(ModelServiceStatus::conditions).orElse(List.of());
    return realised()
        && !Conditions.isTrue(conditions, ConditionTypes.STALLED)
        && !Conditions.isTrue(conditions, ConditionTypes.RECONCILING);
  }

  /** Whether a status was ever written, and not lost since. */
  boolean told() {
    return before.filter(it -> !it.conditions().isEmpty()).isPresent();
  }

  /** Where the rollout was when the stored status was written; empty when none was. */
  Optional<Rollout> memory() {
    return before.map(ModelServiceStatus::rollout).flatMap(RolloutMemory::read);
  }

  /** The same; empty as {@link #realised} has it, and while it was only decided. */
  Optional<Rollout> remembered() {
    return memory().filter(_ -> realised()).filter(Rollout::done);
  }
}
