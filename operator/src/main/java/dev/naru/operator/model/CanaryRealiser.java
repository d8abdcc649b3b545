package dev.naru.operator.model;

import dev.naru.crds.v1alpha1.Labels;
import dev.naru.crds.v1alpha1.ModelService;
import dev.naru.crds.v1alpha1.ModelServiceStatus;
import dev.naru.operator.kube.Applier;
import dev.naru.operator.kube.Children;
import dev.naru.operator.model.rollout.Rollout;
import dev.naru.operator.model.rollout.RolloutDecision;
import dev.naru.operator.status.Outcome;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Makes canary and routes as a rollout has decided, each part repeatable. */
final class CanaryRealiser {

  private final GatewayRoutes routes;
  private final ServingRealiser realiser;
  private final Applier applier;

  CanaryRealiser(GatewayRoutes routes, ServingRealiser realiser, Applier applier) {
    this.routes = routes;
    this.realiser = realiser;
    this.applier = applier;
  }

  /**
   * Makes it so. What gets no requests any more goes last; what failed gets none before anything
   * else is done.
   *
   * @param others makes the other children; what is in their way keeps no canary's share
   * @return what is in the way
   */
  Optional<Outcome> realise(
      ServingProgress progress,
      CanaryManifests manifests,
      ServingDeployment stable,
      RolloutDecision decision,
      GatewayRoutes.Found found,
      Supplier<Optional<Outcome>> others,
      ServingSources sources) {
    if (decision.next() instanceof Rollout.RolledBack) {
      var refused = route(progress, decision, found);
      progress.followed = refused.isEmpty();
      return others.get().or(() -> refused).or(() -> remove(progress, decision, sources));
    }
    var obstacle = others.get().or(() -> canary(progress, manifests, stable, decision, sources));
    if (obstacle.isPresent() && !decision.takesAway()) {
      return obstacle;
    }
    var refused = route(progress, decision, found);
    progress.followed = obstacle.isEmpty() && refused.isEmpty();
    return obstacle.or(() -> refused).or(() -> remove(progress, decision, sources));
  }

  private Optional<Outcome> remove(
      ServingProgress progress, RolloutDecision decision, ServingSources sources) {
    remove(progress.service, sources, decision.keep());
    return Optional.empty();
  }

  /** Takes away what steps have made, where none are declared any more. */
  void retire(ServingProgress progress, ServingSources sources) {
    // a status that was lost does not tell whether there are routes
    if (progress.before.map(ModelServiceStatus::rollout).isPresent() || !progress.told()) {
      routes.remove(progress.service);
    }
    remove(progress.service, sources, List.of());
  }

  private Optional<Outcome> canary(
      ServingProgress progress,
      CanaryManifests manifests,
      ServingDeployment stable,
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
            .flatMap(Rollout::canary)
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
    var manifests = ServingRoutes.of(service).manifests(decision.share());
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
        .filter(
            it -> !keep.contains(it.getMetadata().getLabels().getOrDefault(Labels.REVISION, "")))
        .toList()
        .forEach(applier::delete);
  }

  /** Whether something belongs to a canary of a service. */
  static boolean canary(HasMetadata object, ModelService service) {
    return CanaryManifests.TRACK.equals(object.getMetadata().getLabels().get(Labels.TRACK))
        && Children.controlledBy(object, service);
  }
}
