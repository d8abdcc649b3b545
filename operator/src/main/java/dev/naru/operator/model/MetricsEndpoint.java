package dev.naru.operator.model;

import dev.naru.crds.v1alpha1.Defaults;
import dev.naru.crds.v1alpha1.ModelServiceSpec;
import dev.naru.crds.v1alpha1.PortProtocol;
import dev.naru.crds.v1alpha1.ServingMetrics;
import java.util.Optional;

/**
 * Where the pods of a service show their metrics, to collectors and to whoever judges a canary.
 *
 * @param name of the port
 * @param port the container's
 * @param path what is asked for there
 */
public record MetricsEndpoint(String name, int port, String path) {

  /** Name of a port that is there for metrics alone. */
  static final String PORT = "metrics";

  /** The declared port, else the one called so, else the first that speaks HTTP. */
  static Optional<MetricsEndpoint> of(ModelServiceSpec spec) {
    var declared = Optional.ofNullable(spec.metrics());
    var name = declared.map(ServingMetrics::port).orElse(PORT);
    var path = declared.map(ServingMetrics::path).orElse(Defaults.METRICS_PATH);
    var http = spec.ports().stream().filter(it -> it.protocol() == PortProtocol.HTTP).toList();
    return http.stream()
        .filter(it -> it.name().equals(name))
        .findFirst()
        .or(() -> http.stream().findFirst())
        .map(it -> new MetricsEndpoint(it.name(), it.containerPort(), path));
  }
}
