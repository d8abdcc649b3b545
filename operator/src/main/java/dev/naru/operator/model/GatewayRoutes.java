package dev.naru.operator.model;

import dev.naru.operator.kube.Applied;
import dev.naru.operator.kube.Applier;
import dev.naru.operator.kube.Children;
import dev.naru.operator.model.rollout.RouteManifests;
import dev.naru.operator.model.rollout.StoredRoute;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GRPCRoute;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The routes of services on the API server. They are looked at, not watched: the Gateway API may
 * come and go while the operator runs, and a watch of a kind that is not served would fail.
 */
final class GatewayRoutes {

  private static final String VERSION = "gateway.networking.k8s.io/v1";

  private final KubernetesClient client;
  private final Applier applier;

  /**
   * What there is.
   *
   * @param served whether the cluster has the Gateway API
   */
  record Found(boolean served, Optional<HTTPRoute> http, Optional<GRPCRoute> grpc) {

    List<StoredRoute> ours(HasMetadata service) {
      return Stream.concat(
              http.filter(it -> Children.controlledBy(it, service)).map(StoredRoute::of).stream(),
              grpc.filter(it -> Children.controlledBy(it, service)).map(StoredRoute::of).stream())
          .toList();
    }
  }

  GatewayRoutes(KubernetesClient client, Applier applier) {
    this.client = client;
    this.applier = applier;
  }

  Found find(HasMetadata service) {
    var http = get(HTTPRoute.class, service);
    var grpc = get(GRPCRoute.class, service);
    return new Found(http.isPresent() || grpc.isPresent() || served(), http, grpc);
  }

  private <T extends HasMetadata> Optional<T> get(Class<T> kind, HasMetadata service) {
    return Optional.ofNullable(
        client
            .resources(kind)
            .inNamespace(service.getMetadata().getNamespace())
            .withName(service.getMetadata().getName())
            .get());
  }

  private boolean served() {
    var resources = client.getApiResources(VERSION);
    return resources != null
        && Stream.of(HTTPRoute.class, GRPCRoute.class)
            .map(HasMetadata::getKind)
            .allMatch(
                kind ->
                    resources.getResources().stream()
                        .anyMatch(it -> Objects.equals(it.getKind(), kind)));
  }

  /** Makes the routes as they are to be; the outcomes of those that were looked at. */
  List<Applied> apply(HasMetadata service, RouteManifests manifests, Found found) {
    return Stream.concat(
            manifests.httpRoute().map(it -> applier.apply(service, it, found.http())).stream(),
            manifests.grpcRoute().map(it -> applier.apply(service, it, found.grpc())).stream())
        .toList();
  }

  /** Takes them away, where they are ours. */
  void remove(HasMetadata service) {
    var found = find(service);
    Stream.concat(found.http().stream(), found.grpc().stream())
        .filter(it -> Children.controlledBy(it, service) && !it.isMarkedForDeletion())
        .forEach(applier::delete);
  }
}
