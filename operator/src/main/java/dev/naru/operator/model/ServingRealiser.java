package dev.naru.operator.model;

import dev.naru.crds.v1alpha1.Labels;
import dev.naru.operator.kube.Applied;
import dev.naru.operator.kube.Applier;
import dev.naru.operator.kube.Children;
import dev.naru.operator.status.ChildReport;
import dev.naru.operator.status.Outcome;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.Optional;

/** Makes the children of a resolved ModelService true, step by step, each step repeatable. */
final class ServingRealiser {

  private final Applier applier;
  private final String worker;

  /**
   * A realiser.
   *
   * @param worker image of what fetches models
   */
  ServingRealiser(Applier applier, String worker) {
    this.applier = applier;
    this.worker = worker;
  }

  /**
   * Applies everything; the pods last, when all that protects them stands.
   *
   * @param holds whether a new revision has to wait
   * @return what is in the way
   */
  Optional<Outcome> realise(
      ServingProgress progress,
      ServingResolution.Resolved resolved,
      ServingDeployment deployed,
      boolean holds,
      ServingSources sources) {
    var service = progress.service;
    var manifests = new ServingManifests(service, resolved);
    var policy = new TrafficManifests(service, resolved.pod()).policy();
    return manifests
        .serviceAccount()
        .flatMap(it -> apply(progress, it, sources.accounts()))
        .or(() -> apply(progress, policy, sources.policies()))
        .or(() -> apply(progress, manifests.service(), sources.services()))
        .or(() -> apply(progress, manifests.disruptionBudget(), sources.budgets()))
        .or(() -> retireAutoscaler(progress, sources))
        .or(() -> pods(progress, manifests, deployed, holds, sources))
        .or(() -> manifests.autoscaler().flatMap(it -> apply(progress, it, sources.autoscalers())));
  }

  private Optional<Outcome> pods(
      ServingProgress progress,
      ServingManifests manifests,
      ServingDeployment deployed,
      boolean holds,
      ServingSources sources) {
    handOver(progress, sources);
    var obstacle =
        apply(
            progress,
            manifests.deployment(
                paused(manifests, deployed, holds),
                fetcher(manifests.revision(), deployed.deployment())),
            sources.deployments());
    if (obstacle.isEmpty()) {
      // a Deployment that was made a moment ago: the autoscaler's first look may take a while
      handOver(progress, sources);
    }
    return obstacle;
  }

  /**
   * What was rolled out stays while data is too old, or a canary proves itself. Somebody else's
   * pause is taken away; where nothing is paused the field is left out, as the API server does.
   */
  private static Optional<Boolean> paused(
      ServingManifests manifests, ServingDeployment deployed, boolean holds) {
    if (held(manifests.revision(), deployed, holds)) {
      return Optional.of(true);
    }
    return deployed
        .deployment()
        .filter(it -> Boolean.TRUE.equals(it.getSpec().getPaused()))
        .map(_ -> false);
  }

  /** The one that runs, as long as nothing else changes: a newer one would start all pods anew. */
  String fetcher(String revision, Optional<Deployment> current) {
    return current
        .map(it -> it.getSpec().getTemplate())
        .filter(it -> revision.equals(it.getMetadata().getLabels().get(Labels.REVISION)))
        .flatMap(it -> it.getSpec().getInitContainers().stream().findFirst())
        .map(Container::getImage)
        .orElse(worker);
  }

  /** Whether a revision that is declared must not replace the one that is rolled out. */
  static boolean held(String revision, ServingDeployment deployed, boolean holds) {
    return holds && deployed.newest().filter(it -> !it.equals(revision)).isPresent();
  }

  private void handOver(ServingProgress progress, ServingSources sources) {
    var autoscaling = progress.service.getSpec().autoscaling();
    if (autoscaling == null) {
      return;
    }
    deployment(progress, sources)
        .ifPresent(
            current ->
                Handover.of(current, autoscaling)
                    .ifPresent(
                        it -> applier.lend(current, it, Handover.MANAGER, sources.deployments())));
  }

  private static Optional<Deployment> deployment(ServingProgress progress, ServingSources sources) {
    return sources
        .deployments()
        .get(ResourceID.fromResource(progress.service))
        .filter(it -> Children.controlledBy(it, progress.service) && !it.isMarkedForDeletion());
  }

  /** Before the number of pods is written again: the two would fight. */
  private Optional<Outcome> retireAutoscaler(ServingProgress progress, ServingSources sources) {
    if (progress.service.getSpec().autoscaling() == null) {
      sources
          .autoscalers()
          .get(ResourceID.fromResource(progress.service))
          .filter(it -> Children.controlledBy(it, progress.service) && !it.isMarkedForDeletion())
          .ifPresent(applier::delete);
    }
    return Optional.empty();
  }

  private <T extends HasMetadata> Optional<Outcome> apply(
      ServingProgress progress, T desired, InformerEventSource<T, ?> cache) {
    return apply(progress, desired, cache, progress.realised());
  }

  /**
   * Applies one child.
   *
   * @param existed whether it was there before, so that making it repairs
   */
  <T extends HasMetadata> Optional<Outcome> apply(
      ServingProgress progress, T desired, InformerEventSource<T, ?> cache, boolean existed) {
    return told(
        progress,
        desired.getKind(),
        desired.getMetadata().getName(),
        applier.apply(progress.service, desired, cache),
        existed);
  }

  /** What is in the way, and Events of what was not as declared. */
  static Optional<Outcome> told(
      ServingProgress progress, String kind, String name, Applied applied, boolean existed) {
    return new ChildReport(progress.service, progress.notices, progress.lookAgain::in)
        .obstacle(applied, kind, name, existed);
  }
}
