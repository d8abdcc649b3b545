package dev.naru.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.naru.crds.v1alpha1.Annotations;
import dev.naru.crds.v1alpha1.Warehouse;
import dev.naru.operator.ingestion.RunLedger;
import dev.naru.operator.it.ControlPlane.Account;
import dev.naru.operator.it.TestOperator.Part;
import dev.naru.operator.metrics.Meters;
import dev.naru.operator.warehouse.WarehouseCheck;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Which namespaces are reconciled, and how that changes while the operator runs. */
final class WatchIT {

  @RegisterExtension final LogOracle oracle = new LogOracle();

  private final ControlPlane plane = ControlPlane.get();
  private final KubernetesClient admin = plane.admin;
  private final Tap tap = Tap.recording();
  private final String one = plane.unusedName();
  private final String two = plane.unusedName();

  @AfterEach
  void remove() {
    List.of(one, two).forEach(it -> admin.namespaces().withName(it).delete());
  }

  @Test
  void namespacesAreFollowedByLabelWhileTheOperatorRuns() {
    var label = "e2e.naru.dev/" + one;
    plane.createNamespace(one, Map.of(label, "yes"));
    plane.createNamespace(two, Map.of());
    try (var _ =
        operator(Map.of("NARU_WATCH_NAMESPACE_SELECTOR", label + "=yes"), Account.EVERYWHERE)) {
      create(one, Samples.warehouse());
      create(two, Samples.warehouse());
      create(two, Samples.connection());
      Await.until("the selected one is reconciled", () -> observed(one) == 1);
      unanswered(two);
      assertThat(observed(two)).as("not selected").isLessThan(1);
      assertThat(writesIn(two)).isEmpty();

      label(two, "{\"%s\": \"yes\"}".formatted(label));
      Await.until("it is picked up", () -> observed(two) == 1);
      Await.until("so is everything in it", () -> !jobs(two).isEmpty());

      label(two, "{\"%s\": null}".formatted(label));
      var request = unanswered(two);
      assertThat(jobs(two)).as("what was made there stays").isNotEmpty();

      label(two, "{\"%s\": \"yes\"}".formatted(label));
      Await.until("what was asked meanwhile is answered", () -> request.equals(handled(two)));
    }
  }

  @Test
  void aListedNamespaceThatDoesNotExistYetKeepsNobodyFromTheOthers() {
    plane.createNamespace(one, Map.of());
    try (var _ = operator(Map.of("NARU_WATCH_NAMESPACES", one + "," + two), Account.LISTED)) {
      create(one, Samples.warehouse());
      Await.until("the one that exists is reconciled", () -> observed(one) == 1);
      plane.createNamespace(two, Map.of());
      create(two, Samples.warehouse());
      create(two, Samples.connection());
      Await.until("the new one is picked up", () -> observed(two) == 1);
      Await.until("with all its kinds", () -> !jobs(two).isEmpty());
      assertThat(tap.forbidden()).isNotEmpty().allMatch(it -> it.contains("/" + two + "/"));
      // asking for what may not exist is the one refusal that is meant
      tap.forbidden().clear();
    }
  }

  @Test
  void aListedNamespaceThatIsDeletedCostsNoReadinessAndIsBackWithItsSuccessor() throws Exception {
    plane.createNamespace(one, Map.of());
    plane.createNamespace(two, Map.of());
    var port = freePort();
    // Fabric8's word for each watch that is refused
    oracle.expect("AbstractWatchManager: Error received: .*code=403.*will retry|Reflector: .*403");
    try (var operator =
        operator(
            Map.of("NARU_WATCH_NAMESPACES", one + "," + two, "NARU_HTTP_PORT", "" + port),
            Account.LISTED)) {
      create(two, Samples.warehouse());
      Await.until("reconciled", () -> observed(two) == 1);
      assertThat(operator.scrape()).contains("naru_namespaces_unwatched 0.0");

      admin.namespaces().withName(two).delete();
      Await.until("it is gone", () -> admin.namespaces().withName(two).get() == null);
      tap.cutWatches(two);
      Await.until(
          "it is given up", () -> operator.scrape().contains("naru_namespaces_unwatched 1.0"));
      Await.until(
          "without it the operator is ready", () -> get(port, "/readyz").equals("200 ok\n"));
      create(one, Samples.warehouse());
      Await.until("the other is reconciled", () -> observed(one) == 1);

      plane.createNamespace(two, Map.of());
      create(two, Samples.warehouse());
      create(two, Samples.connection());
      Await.until("the new one is picked up", () -> observed(two) == 1);
      Await.until("with all its kinds", () -> !jobs(two).isEmpty());
      assertThat(operator.scrape()).contains("naru_namespaces_unwatched 0.0");
      Await.until("ready with all of them", () -> get(port, "/readyz").equals("200 ok\n"));
      assertThat(tap.forbidden()).allMatch(it -> it.contains("/" + two + "/"));
      tap.forbidden().clear();
    }
  }

  @Test
  void withoutAnyListedNamespaceTheOperatorWaitsAndSaysForWhat() throws Exception {
    var port = freePort();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var started =
          threads.submit(
              () ->
                  operator(
                      Map.of("NARU_WATCH_NAMESPACES", one, "NARU_HTTP_PORT", "" + port),
                      Account.LISTED));
      Await.until(
          "it says what it waits for",
          () ->
              get(port, "/readyz")
                  .equals(
                      "503 no rights in any of the namespaces [" + one + "]: do they exist?\n"));
      assertThat(get(port, "/healthz")).as("it is alive").isEqualTo("200 ok\n");
      plane.createNamespace(one, Map.of());
      create(one, Samples.warehouse());
      try (var _ = started.get()) {
        Await.until("reconciled", () -> observed(one) == 1);
        assertThat(get(port, "/readyz")).isEqualTo("200 ok\n");
        tap.forbidden().clear();
      }
    }
  }

  private TestOperator operator(Map<String, String> environment, Account account) {
    return new TestOperator(
        environment,
        account,
        tap,
        Clock.systemUTC(),
        new Meters("test", "none"),
        _ -> new WarehouseCheck.Answer.Usable(),
        (_, _) -> new RunLedger.Entry.Unknown("nobody should ask"),
        EnumSet.allOf(Part.class));
  }

  /** Asks for checks until one is not answered; says which. */
  private String unanswered(String namespace) {
    var token = new AtomicReference<String>();
    Await.until(
        "a request is not answered",
        () -> {
          token.set("t" + System.nanoTime());
          request(namespace, token.get());
          return await()
                  .during(Duration.ofSeconds(2))
                  .atMost(Duration.ofSeconds(3))
                  .until(() -> handled(namespace), it -> !token.get().equals(it))
              != null;
        });
    return token.get();
  }

  private void request(String namespace, String token) {
    admin
        .resource(warehouse(namespace))
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"metadata\": {\"annotations\": {\"%s\": \"%s\"}}}"
                .formatted(Annotations.RUN_REQUESTED_AT, token));
  }

  private String handled(String namespace) {
    return String.valueOf(warehouse(namespace).getStatus().lastHandledRunRequest());
  }

  private void label(String namespace, String labels) {
    admin
        .namespaces()
        .withName(namespace)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE), "{\"metadata\": {\"labels\": " + labels + "}}");
  }

  private long observed(String namespace) {
    return warehouse(namespace).getStatus().observedGeneration();
  }

  private Warehouse warehouse(String namespace) {
    return admin.resources(Warehouse.class).inNamespace(namespace).withName("main").get();
  }

  private List<Job> jobs(String namespace) {
    return admin.resources(Job.class).inNamespace(namespace).list().getItems();
  }

  private List<String> writesIn(String namespace) {
    return tap.writes().stream().filter(it -> it.contains("/" + namespace + "/")).toList();
  }

  private void create(String namespace, HasMetadata resource) {
    resource.getMetadata().setNamespace(namespace);
    admin.resource(resource).create();
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static String get(int port, String path) {
    try (var http = HttpClient.newHttpClient()) {
      var answer =
          http.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
              BodyHandlers.ofString());
      return answer.statusCode() + " " + answer.body();
    } catch (IOException e) {
      return e.toString();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
