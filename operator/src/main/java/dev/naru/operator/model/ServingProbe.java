package dev.naru.operator.model;

import dev.naru.crds.v1alpha1.Defaults;
import dev.naru.crds.v1alpha1.Durations;
import dev.naru.crds.v1alpha1.ModelServiceSpec;
import dev.naru.crds.v1alpha1.ProbeTarget;
import dev.naru.crds.v1alpha1.ServingPort;
import io.fabric8.kubernetes.api.model.GRPCActionBuilder;
import io.fabric8.kubernetes.api.model.HTTPGetActionBuilder;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.TCPSocketActionBuilder;
import java.time.Duration;
import java.util.Optional;

/** What the kubelet asks a pod. Pure. */
sealed interface ServingProbe {

  /** A start is looked at this often: it is over when it is seen to be. */
  int STARTUP_PERIOD = 2;

  int PERIOD = 5;
  int TIMEOUT = 2;

  /** {@code GET path}. */
  record Http(ServingPort port, String path) implements ServingProbe {}

  /** {@code grpc.health.v1.Health}. */
  record Grpc(ServingPort port, Optional<String> service) implements ServingProbe {}

  /** A connection. */
  record Tcp(ServingPort port) implements ServingProbe {}

  /** Whether the pod can take requests. */
  static ServingProbe readiness(ModelServiceSpec spec) {
    var target = Optional.ofNullable(spec.probes()).map(it -> it.readiness());
    var port = port(spec, target);
    return switch (port.protocol()) {
      case HTTP -> new Http(port, target.map(ProbeTarget::path).orElse("/"));
      case GRPC -> new Grpc(port, target.map(ProbeTarget::service));
      case TCP -> new Tcp(port);
      case UNKNOWN -> throw new IllegalStateException("refused before");
    };
  }

  /** Whether the process works; never what tells of the model, unless declared so. */
  static ServingProbe liveness(ModelServiceSpec spec) {
    var target = Optional.ofNullable(spec.probes()).map(it -> it.liveness());
    if (target.isEmpty()) {
      return new Tcp(readiness(spec).port());
    }
    var port = port(spec, target);
    return switch (port.protocol()) {
      case HTTP ->
          target
              .map(ProbeTarget::path)
              .<ServingProbe>map(it -> new Http(port, it))
              .orElseGet(() -> new Tcp(port));
      case GRPC ->
          target
              .map(ProbeTarget::service)
              .<ServingProbe>map(it -> new Grpc(port, Optional.of(it)))
              .orElseGet(() -> new Tcp(port));
      case TCP -> new Tcp(port);
      case UNKNOWN -> throw new IllegalStateException("refused before");
    };
  }

  private static ServingPort port(ModelServiceSpec spec, Optional<ProbeTarget> target) {
    return target
        .map(ProbeTarget::port)
        .flatMap(name -> spec.ports().stream().filter(it -> it.name().equals(name)).findFirst())
        .orElseGet(() -> spec.ports().getFirst());
  }

  /** How long a start may take. */
  static Duration startup(ModelServiceSpec spec) {
    return Durations.parse(
        Optional.ofNullable(spec.probes())
            .map(it -> it.startup())
            .map(it -> it.timeout())
            .orElse(Defaults.STARTUP_TIMEOUT));
  }

  ServingPort port();

  /** For people. */
  default String words() {
    return switch (this) {
      case Http(var port, var path) -> "GET %s on port %s".formatted(path, port.name());
      case Grpc(var port, var service) ->
          "grpc.health.v1.Health of %s on port %s"
              .formatted(service.orElse("the server"), port.name());
      case Tcp(var port) -> "a connection to port " + port.name();
    };
  }

  /** The probe that ends the start. */
  default Probe duringStart(Duration atMost) {
    return probe(STARTUP_PERIOD)
        .withFailureThreshold((int) Math.ceilDiv(atMost.toSeconds(), STARTUP_PERIOD))
        .build();
  }

  /** The probe from then on. */
  default Probe always() {
    return probe(PERIOD).withFailureThreshold(3).build();
  }

  private ProbeBuilder probe(int period) {
    var probe = new ProbeBuilder().withPeriodSeconds(period).withTimeoutSeconds(TIMEOUT);
    return switch (this) {
      case Http(var port, var path) ->
          probe.withHttpGet(
              new HTTPGetActionBuilder()
                  .withPath(path)
                  .withPort(new IntOrString(port.name()))
                  .build());
      // Kubernetes knows no name here
      case Grpc(var port, var service) ->
          probe.withGrpc(
              new GRPCActionBuilder()
                  .withPort(port.containerPort())
                  .withService(service.orElse(null))
                  .build());
      case Tcp(var port) ->
          probe.withTcpSocket(
              new TCPSocketActionBuilder().withPort(new IntOrString(port.name())).build());
    };
  }
}
