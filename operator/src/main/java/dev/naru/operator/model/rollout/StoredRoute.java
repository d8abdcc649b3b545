package dev.naru.operator.model.rollout;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GRPCRoute;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.RouteParentStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A route as the API server has it, of either kind. Pure.
 *
 * @param weights by the Service's name
 */
public record StoredRoute(
    String kind,
    ObjectMeta metadata,
    Map<String, Integer> weights,
    List<RouteParentStatus> parents) {

  private static final List<String> NEEDED = List.of("Accepted", "ResolvedRefs");

  public static StoredRoute of(HTTPRoute route) {
    var weights = new LinkedHashMap<String, Integer>();
    route.getSpec().getRules().stream()
        .flatMap(it -> it.getBackendRefs().stream())
        .forEach(it -> weights.merge(it.getName(), weight(it.getWeight()), Integer::sum));
    return new StoredRoute(
        HasMetadata.getKind(HTTPRoute.class),
        route.getMetadata(),
        weights,
        route.getStatus() == null ? List.of() : route.getStatus().getParents());
  }

  public static StoredRoute of(GRPCRoute route) {
    var weights = new LinkedHashMap<String, Integer>();
    route.getSpec().getRules().stream()
        .flatMap(it -> it.getBackendRefs().stream())
        .forEach(it -> weights.merge(it.getName(), weight(it.getWeight()), Integer::sum));
    return new StoredRoute(
        HasMetadata.getKind(GRPCRoute.class),
        route.getMetadata(),
        weights,
        route.getStatus() == null ? List.of() : route.getStatus().getParents());
  }

  private static int weight(Integer weight) {
    return weight == null ? 1 : weight;
  }

  /** What a Gateway says of the newest generation; what it said of an older one does not count. */
  public RouteState state(GatewayRef gateway) {
    var said =
        parents.stream()
            .filter(it -> gateway.isMeantBy(it.getParentRef(), metadata.getNamespace()))
            .toList();
    if (said.stream().anyMatch(it -> NEEDED.stream().allMatch(type -> holds(it, type)))) {
      return new RouteState.Ready();
    }
    return said.stream()
        .flatMap(it -> refusal(it).stream())
        .findFirst()
        .<RouteState>map(RouteState.Refused::new)
        .orElseGet(
            () ->
                new RouteState.Pending(
                    ("%s %s waits for Gateway %s: does it exist, with a listener that allows routes"
                            + " of namespace %s?")
                        .formatted(kind, metadata.getName(), gateway, metadata.getNamespace())));
  }

  private boolean holds(RouteParentStatus parent, String type) {
    return newest(parent, type).filter(it -> it.getStatus().equals("True")).isPresent();
  }

  private Optional<String> refusal(RouteParentStatus parent) {
    return NEEDED.stream()
        .flatMap(type -> newest(parent, type).stream())
        .filter(it -> it.getStatus().equals("False"))
        .findFirst()
        .map(
            it ->
                "%s refuses %s %s: %s (%s)"
                    .formatted(
                        parent.getControllerName(),
                        kind,
                        metadata.getName(),
                        it.getMessage(),
                        it.getReason()));
  }

  private Optional<Condition> newest(RouteParentStatus parent, String type) {
    return parent.getConditions().stream()
        .filter(it -> it.getType().equals(type))
        .filter(it -> metadata.getGeneration().equals(it.getObservedGeneration()))
        .findFirst();
  }
}
