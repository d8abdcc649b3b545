package dev.naru.operator.model;

import static dev.naru.crds.v1alpha1.ConditionTypes.INPUTS_FRESH;
import static dev.naru.crds.v1alpha1.ConditionTypes.READY;
import static dev.naru.operator.rights.Purpose.CHILDREN;
import static dev.naru.operator.rights.Purpose.OBSERVE;
import static dev.naru.operator.rights.Purpose.RESOURCES;
import static dev.naru.operator.rights.Verb.CREATE;
import static dev.naru.operator.rights.Verb.DELETE;
import static dev.naru.operator.rights.Verb.GET;
import static dev.naru.operator.rights.Verb.LIST;
import static dev.naru.operator.rights.Verb.PATCH;
import static dev.naru.operator.rights.Verb.UPDATE;
import static dev.naru.operator.rights.Verb.WATCH;

import dev.naru.crds.v1alpha1.ModelService;
import dev.naru.crds.v1alpha1.ModelServiceStatus;
import dev.naru.crds.v1alpha1.ServingRevision;
import dev.naru.crds.v1alpha1.WorkloadTemplateSpec;
import dev.naru.operator.kube.Applier;
import dev.naru.operator.kube.ServedKinds;
import dev.naru.operator.pod.PodEvents;
import dev.naru.operator.pod.WorkerImage;
import dev.naru.operator.rights.Right;
import dev.naru.operator.status.Notice;
import dev.naru.operator.status.Notices;
import dev.naru.operator.status.Outcome;
import dev.naru.operator.status.Readiness;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Keeps a ModelService's children as declared and says what answers, and why what does not. */
@ControllerConfiguration(name = "modelservice", generationAwareEventProcessing = false)
public final class ModelServiceReconciler implements Reconciler<ModelService> {

  public static final List<Right> RIGHTS =
      Stream.concat(
              Stream.of(
                  Right.on("naru.dev", "modelservices", RESOURCES, "runs services", LIST, WATCH),
                  Right.on("naru.dev", "modelservices/status", RESOURCES, "what answers", PATCH),
                  Right.on(
                      "naru.dev",
                      "datamarts",
                      RESOURCES,
                      "how old a service's data is",
                      LIST,
                      WATCH),
                  Right.on(
                      "naru.dev",
                      "modelservices/finalizers",
                      CHILDREN,
                      "owner references that block deletion, where the API server checks them"
                          + " (OpenShift)",
                      UPDATE),
                  Right.on(
                      "autoscaling",
                      "horizontalpodautoscalers",
                      CHILDREN,
                      "the number of pods by load; deleted when it is declared instead",
                      DELETE),
                  Right.on("apps", "deployments", CHILDREN, "a canary goes", DELETE),
                  Right.on("", "services", CHILDREN, "a canary goes", DELETE),
                  route("httproutes"),
                  route("grpcroutes"),
                  scraped(Collector.GOOGLE),
                  scraped(Collector.PROMETHEUS_OPERATOR),
                  Right.on(
                      "apps", "replicasets", OBSERVE, "the revisions of a service", LIST, WATCH),
                  Right.on("", "pods", OBSERVE, "why a service does not answer", LIST, WATCH)),
              Stream.of(
                  child("apps", "deployments", "the pods of a service"),
                  child("", "services", "the address of a service"),
                  child("", "serviceaccounts", "the identity of a service's pods"),
                  child("autoscaling", "horizontalpodautoscalers", "the number of pods by load"),
                  child("policy", "poddisruptionbudgets", "a node that is emptied takes one pod"),
                  child("networking.k8s.io", "networkpolicies", "who may call a service")))
          .toList();

  /** Events, which tell what a probe was answered, wake nobody. */
  private static final Duration WHILE_INCOMPLETE = Duration.ofSeconds(10);

  private final ServingRealiser realiser;
  private final StepRollout steps;
  private final ScrapeObjects scrapes;
  private final CanaryAnalysis analysis;
  private final ServingStatuses statuses;
  private final Notices notices;
  private final PodEvents podEvents;
  private final Optional<WorkloadTemplateSpec> clusterDefault;
  private final Clock clock;
  private ServingSources sources;

  public ModelServiceReconciler(
      KubernetesClient client,
      Applier applier,
      Notices notices,
      PodEvents podEvents,
      PodMetrics metrics,
      RolloutMetrics rollouts,
      WorkerImage image,
      Optional<WorkloadTemplateSpec> clusterDefault,
      Clock clock) {
    this.realiser = new ServingRealiser(applier, image.name());
    this.analysis = new CanaryAnalysis(metrics, clock);
    var routes = new GatewayRoutes(client, applier);
    this.steps =
        new StepRollout(
            routes,
            new RolloutObserver(analysis, podEvents, clock),
            new CanaryRealiser(routes, realiser, applier),
            analysis);
    this.scrapes = new ScrapeObjects(client, applier, new ServedKinds(client, clock));
    this.statuses = new ServingStatuses(rollouts);
    this.notices = notices;
    this.podEvents = podEvents;
    this.clusterDefault = clusterDefault;
    this.clock = clock;
  }

  private static Right route(String resource) {
    return Right.on(
        "gateway.networking.k8s.io",
        resource,
        CHILDREN,
        "the share of a canary, where the cluster has the Gateway API",
        CREATE,
        DELETE,
        GET,
        PATCH);
  }

  private static Right scraped(Collector collector) {
    return Right.on(
        collector.group(),
        collector.plural(),
        CHILDREN,
        "where pods show their metrics, where the cluster has this collector of them",
        CREATE,
        DELETE,
        GET,
        PATCH);
  }

  private static Right child(String group, String resource, String why) {
    return Right.on(group, resource, CHILDREN, why, CREATE, GET, LIST, PATCH, WATCH);
  }

  @Override
  public List<EventSource<?, ModelService>> prepareEventSources(
      EventSourceContext<ModelService> context) {
    sources = ServingSources.of(context, clusterDefault);
    return Stream.concat(sources.all().stream(), Stream.of(analysis.source())).toList();
  }

  @Override
  public UpdateControl<ModelService> reconcile(
      ModelService service, Context<ModelService> context) {
    var progress = new ServingProgress(service, clock);
    var resolution =
        ServingResolver.resolve(
            service, sources.templates().in(service.getMetadata().getNamespace()));
    var inputs =
        Inputs.of(
            service.getSpec(), name -> sources.marts().get(id(service, name)), clock.instant());
    var outcome =
        switch (resolution) {
          case ServingResolution.Unresolved unresolved ->
              unresolved.outcome().saying(goesOn(observe(service, context)));
          case ServingResolution.Resolved resolved -> realise(progress, resolved, inputs, context);
        };
    report(progress, resolution, outcome, inputs, context);
    return progress
        .lookAgain
        .delay()
        .map(delay -> UpdateControl.<ModelService>noUpdate().rescheduleAfter(delay))
        .orElseGet(UpdateControl::noUpdate);
  }

  private Outcome realise(
      ServingProgress progress,
      ServingResolution.Resolved resolved,
      Inputs inputs,
      Context<ModelService> context) {
    var before = observe(progress.service, context);
    var canary = new CanaryManifests(progress.service, resolved);
    var turn = steps.decide(progress, canary, before, inputs, sources, context);
    progress.turn = Optional.of(turn);
    turn.decision().ifPresent(it -> statuses.decided(progress, it, canary.revision(), context));
    var obstacle = applied(progress, resolved, before, canary, turn);
    var deployed = observe(progress.service, context);
    if (obstacle.isPresent()) {
      return obstacle.get().saying(goesOn(deployed));
    }
    if (!deployed.done() || deployed.incomplete()) {
      progress.lookAgain.in(WHILE_INCOMPLETE);
    }
    return ServingVerdict.steady(
        turn.outcome(
            () ->
                ServingVerdict.outcome(
                    deployed,
                    canary.revision(),
                    ServingRealiser.held(canary.revision(), deployed, turn.holds()),
                    inputs,
                    deployed.incomplete() || !deployed.done()
                        ? ServingTrouble.of(deployed, podEvents, clock)
                        : Optional.empty())),
        progress.conditions.get(READY));
  }

  private Optional<Outcome> applied(
      ServingProgress progress,
      ServingResolution.Resolved resolved,
      ServingDeployment deployed,
      CanaryManifests canary,
      StepRollout.Turn turn) {
    try {
      return steps
          .realise(
              progress,
              canary,
              deployed,
              turn,
              () -> realiser.realise(progress, resolved, deployed, turn.holds(), sources),
              sources)
          .or(() -> scrapes.realise(progress, resolved));
    } catch (KubernetesClientException e) {
      // what was repaired before is not seen again by the next attempt
      progress.notices.forEach(notice -> notices.tell(progress.service, notice));
      throw e;
    }
  }

  private static String goesOn(ServingDeployment deployed) {
    return deployed
        .answering()
        .map(it -> "; until then revision %s goes on answering".formatted(it.revision()))
        .orElse("");
  }

  private void report(
      ServingProgress progress,
      ServingResolution resolution,
      Outcome outcome,
      Inputs inputs,
      Context<ModelService> context) {
    var service = progress.service;
    var before = progress.before.map(ModelServiceStatus::conditions).orElse(List.of());
    var deployed = observe(service, context);
    Readiness.report(progress.conditions, outcome, deployed.answers())
        .ifPresent(progress.lookAgain::in);
    inputs.report(progress.conditions, service.getMetadata().getNamespace());
    inputs.changesIn().ifPresent(progress.lookAgain::in);
    Notice.ofReadiness(before, progress.conditions.toList()).ifPresent(progress.notices::add);
    Notice.ofChange(INPUTS_FRESH, before, progress.conditions.toList())
        .filter(it -> it.type() == Notice.Type.Warning || !before.isEmpty())
        .ifPresent(progress.notices::add);
    progress.notices.forEach(notice -> notices.tell(service, notice));
    var declared =
        switch (resolution) {
          case ServingResolution.Unresolved _ -> progress.before.map(ModelServiceStatus::next);
          case ServingResolution.Resolved resolved ->
              Optional.of(
                  new ServingRevision(
                      new ServingManifests(service, resolved).revision(),
                      service.getSpec().image()));
        };
    var status = ServingVerdict.status(progress, resolution, deployed, declared, inputs);
    statuses.told(progress, status, declared.map(ServingRevision::revision), context);
  }

  private ServingDeployment observe(ModelService service, Context<ModelService> context) {
    return ServingDeployment.of(
        service,
        sources.deployments().get(ResourceID.fromResource(service)),
        context.getSecondaryResources(ReplicaSet.class),
        context.getSecondaryResources(Pod.class));
  }

  private static ResourceID id(ModelService service, String name) {
    return new ResourceID(name, service.getMetadata().getNamespace());
  }
}
