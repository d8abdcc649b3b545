package dev.naru.operator.model.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.crds.Lenient;
import dev.naru.operator.Golden;
import dev.naru.operator.model.rollout.RolloutDecision.Share;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class RouteManifestsTest {

  private static final GatewayRef GATEWAY = new GatewayRef("infra", "public");

  private static HasMetadata service() {
    return Lenient.serialization()
        .unmarshal(
            """
            apiVersion: naru.dev/v1alpha1
            kind: ModelService
            metadata: {name: price-service, namespace: rental, uid: m-u-1, generation: 1}
            """,
            GenericKubernetesResource.class);
  }

  private static RouteManifests manifests(Optional<Share> share) {
    return new RouteManifests(
        service(),
        GATEWAY,
        List.of(
            new RoutedPort(RoutedPort.Protocol.HTTP, 8080, "price-service.rental"),
            new RoutedPort(RoutedPort.Protocol.GRPC, 9000, "grpc.price-service.rental")),
        share);
  }

  private static final Optional<Share> STEP = Optional.of(new Share("4e5f6a7b", 20));

  @Test
  void withoutCanaryAllRequestsGoToWhatIsRolledOut() {
    var route = manifests(Optional.empty()).httpRoute().orElseThrow();
    assertThat(StoredRoute.of(route).weights()).containsExactly(Map.entry("price-service", 100));
  }

  @Test
  void httpRoute() {
    Golden.assertMatches("model-httproute", manifests(STEP).httpRoute().orElseThrow());
  }

  @Test
  void grpcRoute() {
    Golden.assertMatches("model-grpcroute", manifests(STEP).grpcRoute().orElseThrow());
  }

  @Test
  void aProtocolThatIsNotSpokenHasNoRoute() {
    var http = List.of(new RoutedPort(RoutedPort.Protocol.HTTP, 8080, "price-service.rental"));
    var manifests = new RouteManifests(service(), GATEWAY, http, STEP);
    assertThat(manifests.grpcRoute()).isEmpty();
    assertThat(manifests.httpRoute()).isPresent();
  }

  /** What the Gateway says; of this generation. */
  private static HTTPRoute told(String parents) {
    return Lenient.serialization()
        .unmarshal(
            """
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: price-service, namespace: rental, generation: 3}
            spec:
              parentRefs: [{name: public, namespace: infra}]
              rules:
              - backendRefs: [{name: a, port: 8080, weight: 80}, {name: b, port: 8080}]
            status:
              parents: %s
            """
                .formatted(parents),
            HTTPRoute.class);
  }

  private static String parent(String gateway, String accepted, String resolved, int generation) {
    return """
        [{parentRef: {name: %s, namespace: infra}, controllerName: example.com/gateway, conditions: [
          {type: Accepted, status: "%s", reason: X, message: said so, observedGeneration: %d, lastTransitionTime: "2026-01-01T00:00:00Z"},
          {type: ResolvedRefs, status: "%s", reason: Y, message: said that, observedGeneration: %d, lastTransitionTime: "2026-01-01T00:00:00Z"}]}]
        """
        .replace("\n", " ")
        .formatted(gateway, accepted, generation, resolved, generation);
  }

  private static RouteState state(String parents) {
    return StoredRoute.of(told(parents)).state(GATEWAY);
  }

  @Test
  void aRouteIsReadyWhenOurGatewayTookItsNewestGeneration() {
    assertThat(state(parent("public", "True", "True", 3))).isEqualTo(new RouteState.Ready());
    assertThat(state(parent("public", "True", "True", 2)))
        .as("what was said of an older route")
        .isInstanceOf(RouteState.Pending.class);
    assertThat(state(parent("other", "True", "True", 3))).isInstanceOf(RouteState.Pending.class);
    assertThat(state("[]")).isInstanceOf(RouteState.Pending.class);
  }

  @Test
  void aRefusedRouteSaysWhyInTheGatewaysWords() {
    assertThat(state(parent("public", "False", "True", 3)))
        .isInstanceOfSatisfying(
            RouteState.Refused.class,
            it -> assertThat(it.message()).contains("example.com/gateway", "said so", "X"));
    assertThat(state(parent("public", "True", "False", 3))).isInstanceOf(RouteState.Refused.class);
    assertThat(state(parent("public", "False", "True", 2))).isInstanceOf(RouteState.Pending.class);
  }

  @Test
  void theWorstOfTwoRoutesCounts() {
    var ready = new RouteState.Ready();
    var pending = new RouteState.Pending("p");
    var refused = new RouteState.Refused("r");
    assertThat(RouteState.worst(List.of(ready, pending, refused))).isEqualTo(refused);
    assertThat(RouteState.worst(List.of(pending, ready))).isEqualTo(pending);
    assertThat(RouteState.worst(List.of(ready))).isEqualTo(ready);
  }

  @Test
  void weightsAreReadAsTheGatewayReadsThem() {
    assertThat(StoredRoute.of(told("[]")).weights()).containsEntry("a", 80).containsEntry("b", 1);
  }
}
