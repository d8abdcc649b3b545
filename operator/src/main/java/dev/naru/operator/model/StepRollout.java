package dev.naru.operator.model;

import dev.naru.crds.v1alpha1.Annotations;
import dev.naru.crds.v1alpha1.Labels;
import dev.naru.crds.v1alpha1.ModelService;
import dev.naru.crds.v1alpha1.ModelServiceStatus;
import dev.naru.crds.v1alpha1.PortProtocol;
import dev.naru.crds.v1alpha1.ServingPort;
import dev.naru.operator.kube.Applier;
import dev.naru.operator.kube.Children;
import dev.naru.operator.kube.Requests;
import dev.naru.operator.model.rollout.AnalysisVerdict;
import dev.naru.operator.model.rollout.GatewayRef;
import dev.naru.operator.model.rollout.RevisionHealth;
import dev.naru.operator.model.rollout.RolloutDecision;
import dev.naru.operator.model.rollout.RolloutMemory;
import dev.naru.operator.model.rollout.RolloutObservation;
import dev.naru.operator.model.rollout.RolloutPlan;
import dev.naru.operator.model.rollout.RolloutRequest;
import dev.naru.operator.model.rollout.RolloutSettings;
import dev.naru.operator.model.rollout.RouteManifests;
import dev.naru.operator.model.rollout.RouteState;
import dev.naru.operator.model.rollout.RoutedPort;
import dev.naru.operator.model.rollout.StoredRoute;
import dev.naru.operator.pod.PodEvents;
import dev.naru.operator.status.Outcome;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Rolls a revision out by steps: looks at what there is, has the next step decided, and makes
 * canary and routes accordingly, each part repeatable.
 */
final class StepRollout {

  /** Nobody wakes us for a route. */
  private static final Duration WHILE_GOING = Duration.ofSeconds(5);

  private static final Duration AT_REST = Duration.ofMinutes(1);

  private final GatewayRoutes routes;
  private final CanaryAnalysis analysis;
  private final ServingRealiser realiser;
  private final Applier applier;
  private final PodEvents podEvents;
  private final Clock clock;

  StepRollout(
      GatewayRoutes routes,
      CanaryAnalysis analysis,
      ServingRealiser realiser,
      Applier applier,
      PodEvents podEvents,
      Clock clock) {
    this.routes = routes;
    this.analysis = analysis;
    this.realiser = realiser;
    this.applier = applier;
    this.podEvents = podEvents;
    this.clock = clock;
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
      var settled =
          decision.filter(
              it -> it.next() instanceof dev.naru.operator.model.rollout.Rollout.Settled);
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
      Rollout stable,
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
      progress.lookAgainIn(AT_REST);
      return new Turn(true, Optional.of(missing(stable)), Optional.empty(), found);
    }
    var settings = RolloutMemory.settings(declared);
    var canaries = canaries(service, sources, context);
    var memory = RolloutMemory.read(progress.before.map(ModelServiceStatus::rollout).orElse(null));
    var decision =
        RolloutPlan.next(
            settings,
            memory,
            new RolloutObservation(
                manifests.revision(),
                stable.newest(),
                health(stable),
                health(canaries),
                weights(service, found),
                route(service, found),
                verdict(service, settings, memory, manifests, stable, canaries),
                inputs.holds() ? Optional.of(String.join("; ", inputs.unmet())) : Optional.empty(),
                request(progress),
                clock.instant()));
    var going = decision.next().canary().isPresent() || decision.outcome().isPresent();
    progress.lookAgainIn(going ? WHILE_GOING : AT_REST);
    decision.lookAgain().ifPresent(progress::lookAgainIn);
    if (!going) {
      analysis.forget(service);
    }
    return new Turn(!decision.rollOut(), decision.outcome(), Optional.of(decision), found);
  }

  private static Outcome missing(Rollout stable) {
    return new Outcome.Fail(
        ModelReason.GATEWAY_API_MISSING.code(),
        "spec.rollout needs HTTPRoute and GRPCRoute of gateway.networking.k8s.io/v1, which the"
            + " cluster does not have: install the Gateway API, or remove spec.rollout to have"
            + " revisions rolled out pod by pod"
            + (stable.answers() ? "" : "; the first revision is rolled out meanwhile"));
  }

  /** Makes it so. What gets no requests any more goes last. */
  Optional<Outcome> realise(
      ServingProgress progress,
      CanaryManifests manifests,
      Rollout stable,
      Turn turn,
      ServingSources sources) {
    var service = progress.service;
    if (service.getSpec().rollout() == null) {
      // a status that was lost does not tell whether there are any
      if (progress.before.map(ModelServiceStatus::rollout).isPresent() || !progress.told()) {
        routes.remove(service);
      }
      remove(service, sources, List.of());
      analysis.forget(service);
      return Optional.empty();
    }
    if (turn.decision().isEmpty()) {
      return Optional.empty();
    }
    var decision = turn.decision().get();
    return canary(progress, manifests, stable, decision, sources)
        .or(() -> route(progress, decision, turn.found()))
        .or(
            () -> {
              remove(service, sources, decision.keep());
              return Optional.empty();
            });
  }

  private Optional<Outcome> canary(
      ServingProgress progress,
      CanaryManifests manifests,
      Rollout stable,
      RolloutDecision decision,
      ServingSources sources) {
    if (decision.next().canary().filter(manifests.revision()::equals).isEmpty()) {
      return Optional.empty();
    }
    var current =
        sources
            .deployments()
            .get(new ResourceID(manifests.name(), progress.service.getMetadata().getNamespace()));
    var now = current.map(it -> it.getSpec().getReplicas()).orElse(0);
    var fetcher = realiser.fetcher(manifests.revision(), current);
    var replicas = Math.max(1, Math.max(now, stable.wanted()));
    // one that was taken back may come again in the same generation
    var existed =
        progress
            .remembered()
            .flatMap(dev.naru.operator.model.rollout.Rollout::canary)
            .filter(manifests.revision()::equals)
            .isPresent();
    return realiser
        .apply(progress, manifests.service(), sources.services(), existed)
        .or(
            () ->
                realiser.apply(
                    progress,
                    manifests.deployment(replicas, fetcher),
                    sources.deployments(),
                    existed));
  }

  private Optional<Outcome> route(
      ServingProgress progress, RolloutDecision decision, GatewayRoutes.Found found) {
    var service = progress.service;
    var manifests = new RouteManifests(service, gateway(service), ports(service), decision.share());
    return routes.apply(service, manifests, found).stream()
        .flatMap(
            it ->
                ServingRealiser.told(
                        progress,
                        "the route",
                        service.getMetadata().getName(),
                        it,
                        progress.remembered().isPresent())
                    .stream())
        .findFirst();
  }

  private void remove(ModelService service, ServingSources sources, Collection<String> keep) {
    Stream.<HasMetadata>concat(
            sources.deployments().list(service.getMetadata().getNamespace(), it -> true),
            sources.services().list(service.getMetadata().getNamespace(), it -> true))
        .filter(it -> canary(it, service) && !it.isMarkedForDeletion())
        .filter(it -> !keep.contains(it.getMetadata().getLabels().get(Labels.REVISION)))
        .toList()
        .forEach(applier::delete);
  }

  private static boolean canary(HasMetadata object, ModelService service) {
    return CanaryManifests.TRACK.equals(object.getMetadata().getLabels().get(Labels.TRACK))
        && Children.controlledBy(object, service);
  }

  /** By revision. */
  private static Map<String, Rollout> canaries(
      ModelService service, ServingSources sources, Context<ModelService> context) {
    var canaries = new HashMap<String, Rollout>();
    sources
        .deployments()
        .list(service.getMetadata().getNamespace(), it -> canary(it, service))
        .forEach(
            it ->
                canaries.put(
                    it.getMetadata().getLabels().get(Labels.REVISION),
                    Rollout.of(
                        service,
                        Optional.of(it),
                        context.getSecondaryResources(ReplicaSet.class),
                        context.getSecondaryResources(Pod.class))));
    return canaries;
  }

  private Map<String, RevisionHealth> health(Map<String, Rollout> canaries) {
    var health = new HashMap<String, RevisionHealth>();
    canaries.forEach((revision, it) -> health.put(revision, health(it)));
    return health;
  }

  private RevisionHealth health(Rollout pods) {
    if (pods.done() && !pods.incomplete()) {
      return new RevisionHealth.Ready();
    }
    var trouble = ServingTrouble.of(pods, podEvents, clock);
    if (trouble.filter(ServingTrouble::lasting).isPresent()) {
      return new RevisionHealth.Broken(trouble.get().message());
    }
    if (pods.late()) {
      return new RevisionHealth.Broken(
          trouble.map(ServingTrouble::message).orElse("its pods did not become ready in time"));
    }
    return pods.answers()
        ? new RevisionHealth.Degraded()
        : new RevisionHealth.Starting(trouble.map(ServingTrouble::message).orElse(""));
  }

  private static Map<String, Integer> weights(ModelService service, GatewayRoutes.Found found) {
    var weights = new HashMap<String, Integer>();
    var prefix = service.getMetadata().getName() + "-";
    for (var route : found.ours(service)) {
      route
          .weights()
          .forEach(
              (name, weight) -> {
                if (name.length() > prefix.length()) {
                  weights.merge(name.substring(name.lastIndexOf('-') + 1), weight, Math::max);
                }
              });
    }
    return weights;
  }

  private static RouteState route(ModelService service, GatewayRoutes.Found found) {
    var states = new ArrayList<RouteState>();
    var gateway = gateway(service);
    var ours = found.ours(service);
    if (ours.size() < ports(service).size()) {
      states.add(
          new RouteState.Pending(
              "the routes of the service are being made for Gateway " + gateway));
    }
    ours.stream().map((StoredRoute it) -> it.state(gateway)).forEach(states::add);
    return RouteState.worst(states);
  }

  private AnalysisVerdict verdict(
      ModelService service,
      RolloutSettings settings,
      Optional<dev.naru.operator.model.rollout.Rollout> memory,
      CanaryManifests manifests,
      Rollout stable,
      Map<String, Rollout> canaries) {
    var canary = Optional.ofNullable(canaries.get(manifests.revision()));
    if (settings.analysis().isEmpty()
        || canary.isEmpty()
        || !(memory.orElse(null) instanceof dev.naru.operator.model.rollout.Rollout.Running running)
        || running.step() < 0) {
      return new AnalysisVerdict.Passing();
    }
    return analysis.judge(
        service,
        settings.analysis().get(),
        manifests.revision() + "/" + running.step() + "/" + running.since(),
        canary.get().pods(),
        stable.pods());
  }

  /** What was asked for last wins where several requests are open: the careful one. */
  private static Optional<RolloutRequest> request(ServingProgress progress) {
    var before = progress.before;
    return open(
            progress,
            Annotations.ROLLBACK_REQUESTED_AT,
            before.map(ModelServiceStatus::lastHandledRollbackRequest),
            RolloutRequest.ROLL_BACK)
        .or(
            () ->
                open(
                    progress,
                    Annotations.HOLD_REQUESTED_AT,
                    before.map(ModelServiceStatus::lastHandledHoldRequest),
                    RolloutRequest.HOLD))
        .or(
            () ->
                open(
                    progress,
                    Annotations.CONTINUE_REQUESTED_AT,
                    before.map(ModelServiceStatus::lastHandledContinueRequest),
                    RolloutRequest.CONTINUE));
  }

  private static Optional<RolloutRequest> open(
      ServingProgress progress,
      String annotation,
      Optional<String> handled,
      RolloutRequest request) {
    return Requests.open(progress.service, annotation, handled.orElse(null)).map(_ -> request);
  }

  private static GatewayRef gateway(ModelService service) {
    var declared = service.getSpec().rollout().gatewayRef();
    return new GatewayRef(
        Optional.ofNullable(declared.namespace()).orElse(service.getMetadata().getNamespace()),
        declared.name());
  }

  /** One of each protocol: the first. A Gateway takes a name for one kind of route only. */
  private static List<RoutedPort> ports(ModelService service) {
    var hostname =
        Optional.ofNullable(service.getSpec().rollout().hostname())
            .orElseGet(
                () -> service.getMetadata().getName() + "." + service.getMetadata().getNamespace());
    var http = first(service, PortProtocol.HTTP);
    var grpc = first(service, PortProtocol.GRPC);
    return Stream.concat(
            http.map(it -> new RoutedPort(RoutedPort.Protocol.HTTP, it, hostname)).stream(),
            grpc
                .map(
                    it ->
                        new RoutedPort(
                            RoutedPort.Protocol.GRPC,
                            it,
                            http.isPresent() ? "grpc." + hostname : hostname))
                .stream())
        .toList();
  }

  private static Optional<Integer> first(ModelService service, PortProtocol protocol) {
    return service.getSpec().ports().stream()
        .filter(it -> it.protocol() == protocol && !it.name().equals(MetricsEndpoint.PORT))
        .map(ServingPort::containerPort)
        .findFirst();
  }
}
