package dev.naru.operator.it;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GRPCRoute;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** The Gateway API's definitions, and a Gateway that takes every route of a namespace. */
final class GatewayApi implements AutoCloseable {

  private final KubernetesClient client;
  private final String namespace;
  private final Map<String, Long> taken = new ConcurrentHashMap<>();
  private final Rounds rounds;

  GatewayApi(KubernetesClient client, String namespace) {
    this.client = client;
    this.namespace = namespace;
    this.rounds = new Rounds(Rounds.OFTEN, this::round);
  }

  /** As its makers publish them. */
  static void install(KubernetesClient admin) {
    PublishedDefinitions.GATEWAY.install(admin);
  }

  static void remove(KubernetesClient admin) {
    PublishedDefinitions.GATEWAY.remove(admin);
  }

  private void round() {
    Stream.<HasMetadata>concat(
            client.resources(HTTPRoute.class).inNamespace(namespace).list().getItems().stream(),
            client.resources(GRPCRoute.class).inNamespace(namespace).list().getItems().stream())
        .forEach(this::take);
  }

  private void take(HasMetadata route) {
    var generation = route.getMetadata().getGeneration();
    if (generation.equals(taken.get(route.getMetadata().getUid()))) {
      return;
    }
    client
        .resource(route)
        .subresource("status")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            """
      {"status": {"parents": [{"parentRef": {"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": "public", "namespace": "%1$s"},
        "controllerName": "example.com/gateway", "conditions": [
          {"type": "Accepted", "status": "True", "reason": "Accepted", "message": "", "observedGeneration": %2$d, "lastTransitionTime": "2026-01-01T00:00:00Z"},
          {"type": "ResolvedRefs", "status": "True", "reason": "ResolvedRefs", "message": "", "observedGeneration": %2$d, "lastTransitionTime": "2026-01-01T00:00:00Z"}]}]}}
      """
                .formatted(namespace, generation));
    taken.put(route.getMetadata().getUid(), generation);
  }

  @Override
  public void close() {
    rounds.close();
  }
}
