package dev.naru.operator.model;

import dev.naru.crds.v1alpha1.Labels;
import dev.naru.crds.v1alpha1.ModelService;
import dev.naru.operator.model.rollout.Rollout;
import dev.naru.operator.model.rollout.RolloutDecision;
import dev.naru.operator.model.rollout.RolloutMemory;
import dev.naru.operator.model.rollout.RolloutPlan;
import dev.naru.operator.status.Outcome;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Rolls a revision out by steps: has the next one decided, and made. */
final class StepRollout {

  /** Nobody wakes us for a route. */
  private static final Duration WHILE_GOING = Duration.ofSeconds(5);

  private static final Duration AT_REST = Duration.ofMinutes(1);

  private final GatewayRoutes routes;
  private final RolloutObserver observer;
  private final CanaryRealiser realiser;
  private final CanaryAnalysis analysis;

  StepRollout(
      GatewayRoutes routes,
      RolloutObserver observer,
      CanaryRealiser realiser,
      CanaryAnalysis analysis) {
    this.routes = routes;
    this.observer = observer;
    this.realiser = realiser;
    this.analysis = analysis;
  }

  /**
   * What one reconcile has decided.
   *
   * @param holds whether what is declared must not replace what is rolled out
   * @param outcome what it makes of the service; empty when its pods decide
   * @param decision empty without steps, and without a Gateway API
   */
  record Turn(
      boolean holds,
      Optional<Outcome> outcome,
      Optional<RolloutDecision> decision,
      GatewayRoutes.Found found) {

    /**
     * How the service stands.
     *
     * @param pods how its pods stand, which tell more than a route that is not taken yet
     */
    Outcome outcome(Supplier<Outcome> pods) {
      if (outcome.isEmpty()) {
        return pods.get();
      }
      var settled = decision.filter(it -> it.next() instanceof Rollout.Settled);
      return settled
          .map(_ -> pods.get())
          .filter(it -> !(it instanceof Outcome.Done))
          .orElse(outcome.get());
    }
  }

  private static final GatewayRoutes.Found NOTHING =
      new GatewayRoutes.Found(false, Optional.empty(), Optional.empty());

  /** Decides, and writes nothing. */
  Turn decide(
      ServingProgress progress,
      CanaryManifests manifests,
      ServingDeployment stable,
      Inputs inputs,
      ServingSources sources,
      Context<ModelService> context) {
    var service = progress.service;
    var declared = service.getSpec().rollout();
    if (declared == null) {
      return new Turn(inputs.holds(), Optional.empty(), Optional.empty(), NOTHING);
    }
    var found = routes.find(service);
    if (!found.served()) {
      progress.lookAgain.in(AT_REST);
      return new Turn(true, Optional.of(missing(stable)), Optional.empty(), found);
    }
    var settings = RolloutMemory.settings(declared);
    var memory = progress.memory();
    var decision =
        RolloutPlan.next(
            settings,
            memory,
            observer.observe(
                progress,
                manifests.revision(),
                stable,
                canaries(service, sources, context),
                found,
                inputs,
                memory,
                settings.analysis()));
    var going = decision.next().canary().isPresent() || decision.outcome().isPresent();
    progress.lookAgain.in(going ? WHILE_GOING : AT_REST);
    decision.lookAgain().ifPresent(progress.lookAgain::in);
    if (!going) {
      analysis.forget(service);
    }
    return new Turn(!decision.rollOut(), decision.outcome(), Optional.of(decision), found);
  }

  private static Outcome missing(ServingDeployment stable) {
    return new Outcome.Fail(
        ModelReason.GATEWAY_API_MISSING.code(),
        "spec.rollout needs HTTPRoute and GRPCRoute of gateway.networking.k8s.io/v1, which the"
            + " cluster does not have: install the Gateway API, or remove spec.rollout to have"
            + " revisions rolled out pod by pod"
            + (stable.answers() ? "" : "; the first revision is rolled out meanwhile"));
  }

  /** By revision. */
  private static Map<String, ServingDeployment> canaries(
      ModelService service, ServingSources sources, Context<ModelService> context) {
    return sources
        .deployments()
        .list(service.getMetadata().getNamespace(), it -> CanaryRealiser.canary(it, service))
        // one whose label somebody took away is repaired, and seen then
        .filter(it -> it.getMetadata().getLabels().containsKey(Labels.REVISION))
        .collect(
            Collectors.toMap(
                it -> it.getMetadata().getLabels().get(Labels.REVISION),
                it ->
                    ServingDeployment.of(
                        service,
                        Optional.of(it),
                        context.getSecondaryResources(ReplicaSet.class),
                        context.getSecondaryResources(Pod.class)),
                (one, _) -> one));
  }

  /**
   * Makes it so.
   *
   * @param others makes the other children
   * @return what is in the way
   */
  Optional<Outcome> realise(
      ServingProgress progress,
      CanaryManifests manifests,
      ServingDeployment stable,
      Turn turn,
      Supplier<Optional<Outcome>> others,
      ServingSources sources) {
    if (turn.decision().isPresent()) {
      return realiser.realise(
          progress, manifests, stable, turn.decision().get(), turn.found(), others, sources);
    }
    var obstacle = others.get();
    if (obstacle.isEmpty() && progress.service.getSpec().rollout() == null) {
      realiser.retire(progress, sources);
      analysis.forget(progress.service);
    }
    return obstacle;
  }
}
