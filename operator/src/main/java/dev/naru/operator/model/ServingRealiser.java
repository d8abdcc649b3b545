package dev.naru.operator.model;

import dev.naru.crds.v1alpha1.Labels;
import dev.naru.operator.kube.Applied;
import dev.naru.operator.kube.Applier;
import dev.naru.operator.kube.Children;
import dev.naru.operator.status.EventReason;
import dev.naru.operator.status.Notice;
import dev.naru.operator.status.Outcome;
import dev.naru.operator.status.Reason;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.time.Duration;
import java.util.Optional;

/** Makes the children of a resolved ModelService true, step by step, each step repeatable. */
final class ServingRealiser {

  /** Someone else's object tells us nothing when it goes: it is looked for. */
  private static final Duration NAME_TAKEN_RETRY = Duration.ofMinutes(1);

  /** Nor does a policy in the API server that is changed. */
  private static final Duration REFUSED_RETRY = Duration.ofMinutes(5);

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
      Rollout rollout,
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
        .or(() -> pods(progress, manifests, rollout, holds, sources))
        .or(() -> manifests.autoscaler().flatMap(it -> apply(progress, it, sources.autoscalers())));
  }

  private Optional<Outcome> pods(
      ServingProgress progress,
      ServingManifests manifests,
      Rollout rollout,
      boolean holds,
      ServingSources sources) {
    handOver(progress, sources);
    var obstacle =
        apply(
            progress,
            manifests.deployment(paused(manifests, rollout, holds), fetcher(manifests, rollout)),
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
      ServingManifests manifests, Rollout rollout, boolean holds) {
    if (held(manifests, rollout, holds)) {
      return Optional.of(true);
    }
    return rollout
        .deployment()
        .filter(it -> Boolean.TRUE.equals(it.getSpec().getPaused()))
        .map(_ -> false);
  }

  /** The one that runs, as long as nothing else changes: a newer one would start all pods anew. */
  private String fetcher(ServingManifests manifests, Rollout rollout) {
    return rollout
        .deployment()
        .map(it -> it.getSpec().getTemplate())
        .filter(
            it -> manifests.revision().equals(it.getMetadata().getLabels().get(Labels.REVISION)))
        .flatMap(it -> it.getSpec().getInitContainers().stream().findFirst())
        .map(Container::getImage)
        .orElse(worker);
  }

  /** Whether a revision that is declared must not replace the one that is rolled out. */
  static boolean held(ServingManifests manifests, Rollout rollout, boolean holds) {
    return holds && rollout.newest().filter(it -> !it.equals(manifests.revision())).isPresent();
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

  <T extends HasMetadata> Optional<Outcome> apply(
      ServingProgress progress, T desired, InformerEventSource<T, ?> cache) {
    return told(
        progress,
        desired.getKind(),
        desired.getMetadata().getName(),
        applier.apply(progress.service, desired, cache));
  }

  /** What is in the way, and Events of what was not as declared. */
  static Optional<Outcome> told(
      ServingProgress progress, String kind, String name, Applied applied) {
    return switch (applied) {
      case Applied.Unchanged _, Applied.Updated _ -> Optional.empty();
      case Applied.Created _ -> {
        if (progress.realised()) {
          progress.notices.add(
              Notice.warning(
                  EventReason.REPAIRED,
                  "%s %s was deleted by someone else and is created again".formatted(kind, name),
                  kind + name + "deleted" + progress.service.getMetadata().getResourceVersion()));
        }
        yield Optional.empty();
      }
      case Applied.Repaired repaired -> {
        progress.notices.add(
            Notice.warning(
                EventReason.REPAIRED,
                "%s %s was changed by someone else and is as declared again; change the ModelService instead"
                    .formatted(kind, name),
                kind + name + repaired.version()));
        yield Optional.empty();
      }
      case Applied.Foreign foreign -> {
        progress.lookAgainIn(NAME_TAKEN_RETRY);
        yield Optional.of(
            new Outcome.Fail(
                Reason.NAME_TAKEN,
                "%s %s exists in this namespace and belongs to someone else: delete or rename it, or give the ModelService another name"
                    .formatted(foreign.kind(), foreign.name())));
      }
      case Applied.Refused refused -> {
        progress.lookAgainIn(REFUSED_RETRY);
        yield Optional.of(
            new Outcome.Fail(
                Reason.CHILD_REFUSED,
                "%s %s is refused by the API server: %s"
                    .formatted(refused.kind(), refused.name(), refused.why())));
      }
      case Applied.Deleting deleting ->
          Optional.of(
              Outcome.Wait.on(
                  Reason.CHILD_DELETING,
                  "%s %s is still being deleted".formatted(deleting.kind(), deleting.name())));
    };
  }
}
