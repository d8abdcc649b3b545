package dev.naru.operator.model.rollout;

import dev.naru.operator.kube.Children;
import dev.naru.operator.model.rollout.RolloutDecision.Share;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GRPCBackendRef;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GRPCBackendRefBuilder;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GRPCRoute;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GRPCRouteBuilder;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPBackendRef;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPBackendRefBuilder;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRouteBuilder;
import java.util.List;
import java.util.Optional;

/**
 * The routes of a service, whose weights are the shares of its revisions. Pure; golden YAML holds
 * every field.
 */
public final class RouteManifests {

  private record Backend(String service, int percent) {}

  private final HasMetadata service;
  private final GatewayRef gateway;
  private final List<RoutedPort> ports;
  private final Optional<Share> canary;

  /**
   * Of a service.
   *
   * @param ports at most one of each protocol
   * @param canary its share; the others go to what is rolled out
   */
  public RouteManifests(
      HasMetadata service, GatewayRef gateway, List<RoutedPort> ports, Optional<Share> canary) {
    this.service = service;
    this.gateway = gateway;
    this.ports = List.copyOf(ports);
    this.canary = canary;
  }

  /** Name of the Service, and of the Deployment, of a canary. */
  public static String canaryName(HasMetadata service, String revision) {
    return Children.name(service.getMetadata().getName(), revision);
  }

  /** For requests over HTTP; empty when the service has no such port. */
  public Optional<HTTPRoute> httpRoute() {
    return port(RoutedPort.Protocol.HTTP)
        .map(
            port ->
                new HTTPRouteBuilder()
                    .withMetadata(Children.metadata(service, service.getMetadata().getName()))
                    .withNewSpec()
                    .withParentRefs(gateway.reference())
                    .withHostnames(port.hostname())
                    .addNewRule()
                    .withBackendRefs(backends().stream().map(it -> http(it, port)).toList())
                    .endRule()
                    .endSpec()
                    .build());
  }

  /** For calls of gRPC; empty when the service has no such port. */
  public Optional<GRPCRoute> grpcRoute() {
    return port(RoutedPort.Protocol.GRPC)
        .map(
            port ->
                new GRPCRouteBuilder()
                    .withMetadata(Children.metadata(service, service.getMetadata().getName()))
                    .withNewSpec()
                    .withParentRefs(gateway.reference())
                    .withHostnames(port.hostname())
                    .addNewRule()
                    .withBackendRefs(backends().stream().map(it -> grpc(it, port)).toList())
                    .endRule()
                    .endSpec()
                    .build());
  }

  private Optional<RoutedPort> port(RoutedPort.Protocol protocol) {
    return ports.stream().filter(it -> it.protocol() == protocol).findFirst();
  }

  /** Services by their part of the requests; what is rolled out stays named, also at nothing. */
  private List<Backend> backends() {
    var stable = service.getMetadata().getName();
    return canary
        .map(
            it ->
                List.of(
                    new Backend(stable, 100 - it.percent()),
                    new Backend(canaryName(service, it.revision()), it.percent())))
        .orElseGet(() -> List.of(new Backend(stable, 100)));
  }

  private static HTTPBackendRef http(Backend backend, RoutedPort port) {
    return new HTTPBackendRefBuilder()
        .withName(backend.service())
        .withPort(port.number())
        .withWeight(backend.percent())
        .build();
  }

  private static GRPCBackendRef grpc(Backend backend, RoutedPort port) {
    return new GRPCBackendRefBuilder()
        .withName(backend.service())
        .withPort(port.number())
        .withWeight(backend.percent())
        .build();
  }
}
