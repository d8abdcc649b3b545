package dev.naru.operator.model.rollout;

/** What the Gateway says of a route as it is now. */
public sealed interface RouteState {

  /** It forwards requests as the route says. */
  record Ready() implements RouteState {}

  /** It has not said anything about the newest generation. */
  record Pending(String message) implements RouteState {}

  /** It does not take the route. */
  record Refused(String message) implements RouteState {}

  /** The worst of several: a service of two protocols has two routes. */
  static RouteState worst(Iterable<RouteState> states) {
    RouteState worst = new Ready();
    for (var state : states) {
      worst =
          switch (state) {
            case Refused refused -> worst instanceof Refused ? worst : refused;
            case Pending pending -> worst instanceof Ready ? pending : worst;
            case Ready _ -> worst;
          };
    }
    return worst;
  }
}
