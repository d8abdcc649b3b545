package dev.naru.operator.model.rollout;

/**
 * A port to which a Gateway forwards.
 *
 * @param number of the Service
 * @param hostname asked for by clients; a Gateway's listener has one route for it
 */
public record RoutedPort(Protocol protocol, int number, String hostname) {

  /** What is spoken there, which decides the kind of route. */
  public enum Protocol {
    HTTP,
    GRPC
  }
}
