package dev.naru.operator.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.crds.v1alpha1.Annotations;
import dev.naru.crds.v1alpha1.Condition;
import dev.naru.crds.v1alpha1.ConditionStatus;
import dev.naru.crds.v1alpha1.Connection;
import dev.naru.operator.ingestion.RunLedger;
import dev.naru.operator.it.TestOperator.Part;
import dev.naru.operator.warehouse.WarehouseCheck;
import dev.naru.runfile.ProbeResult;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A Connection's probes on a real API server. */
@ExtendWith({LogOracle.class, StateOracle.class})
final class ConnectionIT {

  private final KubernetesClient admin = ControlPlane.get().admin;
  private final ShiftedClock clock = new ShiftedClock();
  private final Tap tap = Tap.recording();
  private String namespace;
  private Kubelet kubelet;
  private TestOperator operator;

  @BeforeEach
  void start() {
    namespace = ControlPlane.get().namespace();
    kubelet = new Kubelet(admin, namespace);
    operator = operator();
    tap.drain();
    var connection = Samples.connection();
    connection.getMetadata().setNamespace(namespace);
    admin.resource(connection).create();
    Await.until("probing", () -> condition("Reconciling").reason().equals("Probing"));
  }

  @AfterEach
  void stop() {
    operator.close();
    admin.namespaces().withName(namespace).delete();
  }

  @Test
  void aProbeIsMadeOncePerSpecAndRequestWithExactlyTheseRequests() {
    var probe = probes().getFirst();
    var batch = "/apis/batch/v1/namespaces/" + namespace + "/jobs";
    var core = "/api/v1/namespaces/" + namespace;
    var status =
        "PATCH /apis/naru.dev/v1alpha1/namespaces/%s/connections/rental-db/status apply"
            .formatted(namespace);
    assertThat(tap.drain())
        .startsWith(
            "GET " + core + "/configmaps/" + probe,
            "PATCH " + core + "/configmaps/" + probe + " apply",
            "POST " + batch,
            // a Job without a pod: was the pod refused?
            "GET " + core + "/events",
            "POST " + core + "/events",
            status);
    kubelet.ends(probe, 0, result(true, "Reachable", "PostgreSQL 15.18 answered"));
    Await.until("ready", () -> condition("Ready").status() == ConditionStatus.TRUE);
    assertThat(connection().getStatus().server().version()).isEqualTo("PostgreSQL 15.18");

    operator.close();
    tap.drain();
    operator = operator();
    Await.until("reconciled", () -> operator.reconciles("Connection") > 0);
    assertThat(tap.drain())
        .as("a second pass")
        .allMatch(it -> it.matches("GET .*/([a-z]+|v1alpha1)"));

    request("again");
    Await.until("a second probe", () -> !probes().contains(probe) && probes().size() == 1);
    kubelet.ends(probes().getFirst(), 0, result(true, "Reachable", "PostgreSQL 15.18 answered"));
    Await.until("answered", () -> "again".equals(connection().getStatus().lastHandledRunRequest()));
  }

  @Test
  void aMissingSecretIsNamedThenStalledThenReadyWhenItAppears() {
    var probe = probes().getFirst();
    kubelet.failsToMount(
        probe,
        "MountVolume.SetUp failed for volume \"connection\" : secret \"rental-db\" not found");
    Await.until("named", () -> condition("Ready").reason().equals("DependencyMissing"));
    assertThat(condition("Ready").message())
        .isEqualTo(
            "Secret rental-db does not exist in namespace %s: create it with the keys username and password; the pod starts by itself then"
                .formatted(namespace));
    assertThat(condition("Reconciling")).isNotNull();
    clock.advance(Duration.ofMinutes(6));
    Await.until("stalled", () -> condition("Stalled") != null);
    kubelet.ends(probe, 0, result(true, "Reachable", "PostgreSQL 15.18 answered"));
    Await.until("ready", () -> condition("Ready").status() == ConditionStatus.TRUE);
    assertThat(condition("Stalled")).isNull();
  }

  @Test
  void aWrongPasswordStallsAndSaysWhatToDo() {
    kubelet.ends(
        probes().getFirst(),
        10,
        result(false, "AuthenticationFailed", "user naru_reader: the password is wrong"));
    Await.until("stalled", () -> condition("Stalled") != null);
    assertThat(condition("Stalled").message())
        .contains("the password is wrong", "set annotation naru.dev/run-requested-at");
    assertThat(condition("Reachable").status()).isEqualTo(ConditionStatus.FALSE);
  }

  private TestOperator operator() {
    return new TestOperator(
        namespace,
        tap,
        clock,
        _ -> new WarehouseCheck.Answer.Usable(),
        (_, _) -> new RunLedger.Entry.Unknown("nobody should ask"),
        Set.of(Part.CONNECTION));
  }

  private static ProbeResult result(boolean reachable, String reason, String message) {
    return new ProbeResult(
        ProbeResult.API_VERSION,
        reachable,
        reason,
        message,
        Optional.of("PostgreSQL 15.18").filter(_ -> reachable),
        Optional.of("Primary").filter(_ -> reachable),
        List.of());
  }

  private void request(String token) {
    admin
        .resource(connection())
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"metadata\": {\"annotations\": {\"%s\": \"%s\"}}}"
                .formatted(Annotations.RUN_REQUESTED_AT, token));
  }

  private Connection connection() {
    return admin.resources(Connection.class).inNamespace(namespace).withName("rental-db").get();
  }

  private Condition condition(String type) {
    return connection().getStatus().conditions().stream()
        .filter(it -> it.type().equals(type))
        .findFirst()
        .orElse(null);
  }

  private List<String> probes() {
    return admin.resources(Job.class).inNamespace(namespace).list().getItems().stream()
        .filter(it -> !it.isMarkedForDeletion())
        .map(it -> it.getMetadata().getName())
        .toList();
  }
}
