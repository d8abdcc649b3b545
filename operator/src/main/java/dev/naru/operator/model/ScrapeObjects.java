package dev.naru.operator.model;

import dev.naru.operator.kube.Applier;
import dev.naru.operator.kube.Children;
import dev.naru.operator.kube.ServedKinds;
import dev.naru.operator.status.ChildReport;
import dev.naru.operator.status.Outcome;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Tells the collectors of metrics that the cluster has about a service. Their objects are looked
 * at, not watched: a collector may come and go while the operator runs, and a watch of a kind that
 * is not served would fail.
 */
final class ScrapeObjects {

  /** Nobody wakes us for them. */
  private static final Duration LOOK_AGAIN = Duration.ofMinutes(5);

  private final KubernetesClient client;
  private final Applier applier;
  private final ServedKinds kinds;

  ScrapeObjects(KubernetesClient client, Applier applier, ServedKinds kinds) {
    this.client = client;
    this.applier = applier;
    this.kinds = kinds;
  }

  /** Makes them as they are to be, or takes them away; what is in the way. */
  Optional<Outcome> realise(ServingProgress progress, ServingResolution.Resolved resolved) {
    var service = progress.service;
    var endpoint =
        Optional.ofNullable(service.getSpec().metrics())
            .flatMap(_ -> MetricsEndpoint.of(service.getSpec()));
    if (endpoint.isEmpty()) {
      if (!progress.settled()) {
        served().forEach(it -> remove(progress, it));
      }
      return Optional.empty();
    }
    progress.lookAgain.in(LOOK_AGAIN);
    var manifests = new ScrapeManifests(service, resolved.pod(), endpoint.get());
    return served()
        .map(it -> apply(progress, it, manifests.object(it)))
        // each of them, whatever became of the others
        .toList()
        .stream()
        .flatMap(Optional::stream)
        .findFirst();
  }

  private Stream<Collector> served() {
    return Stream.of(Collector.values()).filter(it -> kinds.served(it.apiVersion(), it.kind()));
  }

  private Optional<Outcome> apply(
      ServingProgress progress, Collector collector, GenericKubernetesResource desired) {
    try {
      var applied = applier.apply(progress.service, desired, find(progress, collector));
      // one that is not there may never have been: its kind came a moment ago
      return new ChildReport(progress.service, progress.notices, progress.lookAgain::in)
          .obstacle(applied, collector.kind(), desired.getMetadata().getName(), false);
    } catch (KubernetesClientException e) {
      if (!kindGoes(e)) {
        throw e;
      }
      kinds.forget(collector.apiVersion());
      return Optional.empty();
    }
  }

  /** Whether its kind went a moment ago, or is about to: the latter is told in words alone. */
  private static boolean kindGoes(KubernetesClientException e) {
    return e.getCode() == HttpURLConnection.HTTP_NOT_FOUND
        || (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN
            && e.getMessage().contains("custom resource definition is terminating"));
  }

  private void remove(ServingProgress progress, Collector collector) {
    find(progress, collector)
        .filter(it -> Children.controlledBy(it, progress.service) && !it.isMarkedForDeletion())
        .ifPresent(applier::delete);
  }

  private Optional<GenericKubernetesResource> find(ServingProgress progress, Collector collector) {
    var metadata = progress.service.getMetadata();
    return Optional.ofNullable(
        client
            .genericKubernetesResources(
                new ResourceDefinitionContext.Builder()
                    .withGroup(collector.group())
                    .withVersion(collector.version())
                    .withKind(collector.kind())
                    .withPlural(collector.plural())
                    .withNamespaced(true)
                    .build())
            .inNamespace(metadata.getNamespace())
            .withName(metadata.getName())
            .get());
  }
}
