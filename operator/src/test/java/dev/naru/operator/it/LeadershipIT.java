package dev.naru.operator.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.crds.v1alpha1.Warehouse;
import dev.naru.operator.kube.Clients;
import dev.naru.operator.metrics.Meters;
import dev.naru.operator.runtime.Config;
import dev.naru.operator.runtime.OperatorProcess;
import dev.naru.operator.status.Notices;
import dev.naru.operator.warehouse.WarehouseCheck;
import dev.naru.operator.warehouse.WarehouseReconciler;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two replicas with the shipped rights: one reconciles, and hands over when it stops. */
@ExtendWith(LogOracle.class)
final class LeadershipIT {

  private final KubernetesClient admin = ControlPlane.get().admin;
  private final String namespace = ControlPlane.get().namespace();
  private final AtomicBoolean lost = new AtomicBoolean();

  @Test
  void oneReplicaReconcilesAndTheOtherTakesOverWhenItStops() throws Exception {
    var first = replica("one");
    Await.until("one leads", () -> "one".equals(holder()));
    try (var second = replica("two")) {
      apply("a");
      Await.until("one reconciles", () -> reachable("a"));
      for (var replica : List.of(first, second)) {
        assertThat(get(replica, "/healthz")).isEqualTo("200 ok\n");
        assertThat(get(replica, "/readyz")).isEqualTo("200 ok\n");
        assertThat(get(replica, "/metrics")).contains("jvm").doesNotContain(namespace);
      }
      assertThat(List.of(get(first, "/metrics"), get(second, "/metrics")))
          .as("the leader alone tells how resources stand")
          .filteredOn(it -> it.contains("naru_resources{"))
          .singleElement()
          .asString()
          .contains("naru_leader 1.0");
      first.close();
      apply("b");
      Await.until("two reconciles", () -> reachable("b"));
      assertThat(holder()).isEqualTo("two");
    }
    assertThat(holder()).as("given back").isEmpty();
    assertThat(lost).as("a deliberate stop is no lost lease").isFalse();
  }

  private OperatorProcess replica(String name) {
    var config =
        Config.from(
            Map.of(
                "NARU_WORKER_IMAGE",
                "naru-worker:dev",
                "NARU_WATCH_NAMESPACES",
                namespace,
                "NARU_POD_NAME",
                name,
                "NARU_HTTP_PORT",
                "0"));
    var client = Clients.of(ControlPlane.get().operatorConfig());
    var clock = Clock.systemUTC();
    var meters = new Meters("test");
    return new OperatorProcess(
        config,
        client,
        meters,
        List.of(
            new WarehouseReconciler(
                _ -> new WarehouseCheck.Answer.Usable(),
                new Notices(client, meters, clock),
                clock)),
        () -> lost.set(true),
        clock);
  }

  private String holder() {
    return admin
        .leases()
        .inNamespace(ControlPlane.OPERATOR_NAMESPACE)
        .withName("naru-operator")
        .get()
        .getSpec()
        .getHolderIdentity();
  }

  private boolean reachable(String name) {
    return admin
        .resources(Warehouse.class)
        .inNamespace(namespace)
        .withName(name)
        .get()
        .getStatus()
        .conditions()
        .stream()
        .anyMatch(it -> it.type().equals("Ready") && it.reason().equals("Reachable"));
  }

  private void apply(String name) {
    var warehouse = Samples.warehouse();
    warehouse.getMetadata().setName(name);
    warehouse.getMetadata().setNamespace(namespace);
    admin.resource(warehouse).create();
  }

  private static String get(OperatorProcess replica, String path)
      throws IOException, InterruptedException {
    try (var http = HttpClient.newHttpClient()) {
      var answer =
          http.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + replica.httpPort() + path))
                  .build(),
              BodyHandlers.ofString());
      return answer.statusCode() + " " + answer.body();
    }
  }
}
