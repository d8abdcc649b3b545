package dev.naru.operator.model;

import dev.naru.crds.v1alpha1.ModelService;
import dev.naru.crds.v1alpha1.PortProtocol;
import dev.naru.crds.v1alpha1.ServingPort;
import dev.naru.operator.model.rollout.GatewayRef;
import dev.naru.operator.model.rollout.RolloutDecision.Share;
import dev.naru.operator.model.rollout.RouteManifests;
import dev.naru.operator.model.rollout.RouteState;
import dev.naru.operator.model.rollout.RoutedPort;
import dev.naru.operator.model.rollout.StoredRoute;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** How requests come to a ModelService whose revisions are rolled out by steps. Pure. */
record ServingRoutes(ModelService service, GatewayRef gateway, List<RoutedPort> ports) {

  ServingRoutes {
    ports = List.copyOf(ports);
  }

  static ServingRoutes of(ModelService service) {
    var declared = service.getSpec().rollout().gatewayRef();
    return new ServingRoutes(
        service,
        new GatewayRef(
            Optional.ofNullable(declared.namespace()).orElse(service.getMetadata().getNamespace()),
            declared.name()),
        ports(service));
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

  /** The routes that give a canary its share. */
  RouteManifests manifests(Optional<Share> canary) {
    return new RouteManifests(service, gateway, ports, canary);
  }

  /** What the stored routes give to canaries, by their revisions. */
  Map<String, Integer> weights(List<StoredRoute> stored) {
    var weights = new HashMap<String, Integer>();
    var prefix = service.getMetadata().getName() + "-";
    for (var route : stored) {
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

  /** What the Gateway says of the stored routes. */
  RouteState state(List<StoredRoute> stored) {
    var states = new ArrayList<RouteState>();
    if (stored.size() < ports.size()) {
      states.add(
          new RouteState.Pending(
              "the routes of the service are being made for Gateway " + gateway));
    }
    stored.stream().map(it -> it.state(gateway)).forEach(states::add);
    return RouteState.worst(states);
  }
}
