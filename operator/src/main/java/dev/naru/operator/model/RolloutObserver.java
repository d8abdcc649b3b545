package dev.naru.operator.model;

import dev.naru.crds.v1alpha1.Annotations;
import dev.naru.crds.v1alpha1.ModelService;
import dev.naru.crds.v1alpha1.ModelServiceStatus;
import dev.naru.operator.kube.Requests;
import dev.naru.operator.model.rollout.AnalysisLimits;
import dev.naru.operator.model.rollout.AnalysisVerdict;
import dev.naru.operator.model.rollout.RevisionHealth;
import dev.naru.operator.model.rollout.Rollout;
import dev.naru.operator.model.rollout.RolloutObservation;
import dev.naru.operator.model.rollout.RolloutRequest;
import dev.naru.operator.pod.PodEvents;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Finds out what the next step of a rollout depends on. Changes nothing. */
final class RolloutObserver {

  private final CanaryAnalysis analysis;
  private final PodEvents podEvents;
  private final Clock clock;

  RolloutObserver(CanaryAnalysis analysis, PodEvents podEvents, Clock clock) {
    this.analysis = analysis;
    this.podEvents = podEvents;
    this.clock = clock;
  }

  /**
   * Looks.
   *
   * @param target the declared revision
   * @param canaries by revision
   * @param limits what its metrics must show; empty when time alone decides
   */
  RolloutObservation observe(
      ServingProgress progress,
      String target,
      ServingDeployment stable,
      Map<String, ServingDeployment> canaries,
      GatewayRoutes.Found found,
      Inputs inputs,
      Optional<Rollout> memory,
      Optional<AnalysisLimits> limits) {
    var service = progress.service;
    var routes = ServingRoutes.of(service);
    var stored = found.ours(service);
    return new RolloutObservation(
        target,
        stable.newest(),
        health(stable),
        canaries.entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, it -> health(it.getValue()))),
        routes.weights(stored),
        routes.state(stored),
        limits
            .flatMap(
                it ->
                    judged(
                        service,
                        it,
                        target,
                        memory,
                        stable,
                        Optional.ofNullable(canaries.get(target))))
            .orElseGet(AnalysisVerdict.Passing::new),
        inputs.holds() ? Optional.of(String.join("; ", inputs.unmet())) : Optional.empty(),
        request(progress),
        clock.instant());
  }

  private RevisionHealth health(ServingDeployment deployed) {
    if (deployed.done() && !deployed.incomplete()) {
      return new RevisionHealth.Ready();
    }
    var trouble = ServingTrouble.of(deployed, podEvents, clock);
    if (trouble.filter(ServingTrouble::lasting).isPresent()) {
      return new RevisionHealth.Broken(trouble.get().message());
    }
    if (deployed.late()) {
      return new RevisionHealth.Broken(
          trouble.map(ServingTrouble::message).orElse("its pods did not become ready in time"));
    }
    return deployed.answers()
        ? new RevisionHealth.Degraded()
        : new RevisionHealth.Starting(trouble.map(ServingTrouble::message).orElse(""));
  }

  /** Empty when there is nothing to judge: no canary, or it has no share yet. */
  private Optional<AnalysisVerdict> judged(
      ModelService service,
      AnalysisLimits limits,
      String target,
      Optional<Rollout> memory,
      ServingDeployment stable,
      Optional<ServingDeployment> canary) {
    return memory.orElse(null) instanceof Rollout.Running running
            && running.step() != Rollout.Running.STARTING
            && running.since().isPresent()
        ? canary.map(
            it ->
                analysis.judge(
                    service,
                    limits,
                    target + "/" + running.step() + "/" + running.since().get(),
                    it.pods(),
                    stable.pods()))
        : Optional.empty();
  }

  /** Where several requests are open the careful one wins. */
  private static Optional<RolloutRequest> request(ServingProgress progress) {
    return open(
            progress,
            Annotations.ROLLBACK_REQUESTED_AT,
            ModelServiceStatus::lastHandledRollbackRequest,
            RolloutRequest.ROLL_BACK)
        .or(
            () ->
                open(
                    progress,
                    Annotations.HOLD_REQUESTED_AT,
                    ModelServiceStatus::lastHandledHoldRequest,
                    RolloutRequest.HOLD))
        .or(
            () ->
                open(
                    progress,
                    Annotations.CONTINUE_REQUESTED_AT,
                    ModelServiceStatus::lastHandledContinueRequest,
                    RolloutRequest.CONTINUE));
  }

  private static Optional<RolloutRequest> open(
      ServingProgress progress,
      String annotation,
      Function<ModelServiceStatus, String> handled,
      RolloutRequest request) {
    return Requests.open(progress.service, annotation, progress.before.map(handled).orElse(null))
        .map(_ -> request);
  }
}
