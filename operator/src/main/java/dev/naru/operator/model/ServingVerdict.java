package dev.naru.operator.model;

import static dev.naru.crds.v1alpha1.ConditionTypes.READY;

import dev.naru.crds.v1alpha1.Annotations;
import dev.naru.crds.v1alpha1.Condition;
import dev.naru.crds.v1alpha1.ModelServiceStatus;
import dev.naru.crds.v1alpha1.RolloutStatus;
import dev.naru.crds.v1alpha1.ServingRevision;
import dev.naru.operator.kube.Requests;
import dev.naru.operator.model.rollout.RolloutDecision;
import dev.naru.operator.model.rollout.RolloutMemory;
import dev.naru.operator.status.Outcome;
import dev.naru.operator.status.Reason;
import dev.naru.operator.status.Texts;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** How the declared revision stands, and the status that tells it. Pure. */
final class ServingVerdict {

  private static final ModelServiceStatus NOTHING_SAID =
      new ModelServiceStatus(
          null, null, null, null, null, null, null, null, null, null, null, null, null);

  private ServingVerdict() {}

  /**
   * How a revision stands whose children are all as declared.
   *
   * @param revision its name
   * @param held whether it waits for younger data
   */
  static Outcome outcome(
      ServingDeployment deployed,
      String revision,
      boolean held,
      Inputs inputs,
      Optional<ServingTrouble> trouble) {
    if (held) {
      return new Outcome.Done(
          ModelReason.ROLLOUT_HELD.code(),
          "Revision %s waits for younger data, and the one before it goes on: %s"
              .formatted(revision, String.join("; ", inputs.unmet())));
    }
    if (deployed.done() && deployed.answers()) {
      return new Outcome.Done(
          ModelReason.SERVING.code(),
          "Revision %s answers".formatted(revision)
              + trouble.map(it -> "; a pod of it does not: " + it.message()).orElse(""));
    }
    var elder =
        deployed
            .answering()
            .map(ServingRevision::revision)
            .filter(it -> !it.equals(revision))
            .map("; revision %s answers meanwhile"::formatted)
            .orElse("");
    if (trouble.isPresent()) {
      var found = trouble.get();
      var message = "Revision %s: %s%s".formatted(revision, found.message(), elder);
      if (found.lasting() || deployed.late()) {
        return new Outcome.Fail(found.reason(), message);
      }
      return new Outcome.Wait(
          found.reason(), message, !found.reason().equals(Reason.DEPENDENCY_MISSING.code()));
    }
    if (deployed.late()) {
      return new Outcome.Fail(
          ModelReason.PROGRESS_DEADLINE_EXCEEDED.code(),
          "Revision %s did not become ready in time: see kubectl describe of its pods (label naru.dev/revision)%s"
              .formatted(revision, elder));
    }
    return new Outcome.Wait(
        ModelReason.ROLLING_OUT.code(),
        "Revision %s is starting%s".formatted(revision, elder),
        true);
  }

  /**
   * What a container logs at its end tells the time and much else that is new each time: the first
   * words stay.
   */
  static Outcome steady(Outcome outcome, Optional<Condition> before) {
    var known =
        before
            .filter(it -> it.type().equals(READY))
            .filter(it -> it.reason().equals(outcome.reason()))
            .filter(it -> it.reason().equals(ModelReason.CRASHING.code()))
            .filter(it -> withoutNumbers(it.message()).equals(withoutNumbers(outcome.message())))
            .map(Condition::message);
    return known.map(outcome::worded).orElse(outcome);
  }

  private static String withoutNumbers(String text) {
    return text.replaceAll("[0-9]+", "#");
  }

  static ModelServiceStatus status(
      ServingProgress progress,
      ServingResolution resolution,
      ServingDeployment deployed,
      Optional<ServingRevision> declared,
      Inputs inputs) {
    var service = progress.service;
    var answering = deployed.answering();
    var stands =
        new ModelServiceStatus(
            service.getMetadata().getGeneration(),
            progress.conditions.toList(),
            ServingManifests.url(service),
            answering.map(ServingRevision::revision).orElse(null),
            answering.map(ServingRevision::image).orElse(null),
            deployed
                .deployment()
                .map(_ -> "%d/%d".formatted(deployed.available(), deployed.wanted()))
                .orElse(null),
            declared.filter(it -> !answering.equals(Optional.of(it))).orElse(null),
            null,
            inputs.states(),
            effective(progress, resolution),
            null,
            null,
            null);
    return deciding(progress, stands, rollout(progress));
  }

  /** What is written before anything of a decision is done: all else stays as it was. */
  static ModelServiceStatus decided(ServingProgress progress, RolloutDecision decision) {
    return deciding(
        progress, progress.before.orElse(NOTHING_SAID), RolloutMemory.decided(decision));
  }

  private static ModelServiceStatus deciding(
      ServingProgress progress, ModelServiceStatus status, RolloutStatus rollout) {
    return status.deciding(
        rollout,
        handled(
            progress, Annotations.HOLD_REQUESTED_AT, ModelServiceStatus::lastHandledHoldRequest),
        handled(
            progress,
            Annotations.CONTINUE_REQUESTED_AT,
            ModelServiceStatus::lastHandledContinueRequest),
        handled(
            progress,
            Annotations.ROLLBACK_REQUESTED_AT,
            ModelServiceStatus::lastHandledRollbackRequest));
  }

  /** What nothing was decided about stays as it was. */
  private static RolloutStatus rollout(ServingProgress progress) {
    if (progress.service.getSpec().rollout() == null && progress.turn.isPresent()) {
      return null;
    }
    return decision(progress)
        .map(
            it ->
                progress.followed
                    ? RolloutMemory.done(it, progress.conditions.now())
                    : RolloutMemory.decided(it))
        .or(() -> progress.before.map(ModelServiceStatus::rollout))
        .orElse(null);
  }

  private static Optional<RolloutDecision> decision(ServingProgress progress) {
    return progress.turn.flatMap(StepRollout.Turn::decision);
  }

  private static String handled(
      ServingProgress progress, String annotation, Function<ModelServiceStatus, String> before) {
    return decision(progress)
        .flatMap(_ -> Requests.token(progress.service, annotation))
        .or(() -> progress.before.map(before))
        .orElse(null);
  }

  private static Map<String, String> effective(
      ServingProgress progress, ServingResolution resolution) {
    return switch (resolution) {
      case ServingResolution.Resolved resolved -> Texts.bounded(resolved.effective(), "Deployment");
      // as the children are: what was last realised
      case ServingResolution.Unresolved _ ->
          progress.before.map(ModelServiceStatus::effective).orElse(Map.of());
    };
  }
}
