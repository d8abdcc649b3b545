package dev.naru.operator.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.crds.v1alpha1.Condition;
import dev.naru.crds.v1alpha1.ConditionStatus;
import dev.naru.crds.v1alpha1.Warehouse;
import dev.naru.operator.ingestion.RunLedger;
import dev.naru.operator.it.TestOperator.Part;
import dev.naru.operator.warehouse.WarehouseCheck.Answer;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A Warehouse's check on a real API server. */
@ExtendWith({LogOracle.class, StateOracle.class})
final class WarehouseIT {

  private final KubernetesClient admin = ControlPlane.get().admin;
  private final AtomicReference<Answer> answer = new AtomicReference<>(new Answer.Usable());
  private final AtomicInteger looks = new AtomicInteger();
  private final ShiftedClock clock = new ShiftedClock();
  private final Tap tap = Tap.recording();
  private String namespace;
  private TestOperator operator;

  @BeforeEach
  void start() {
    namespace = ControlPlane.get().namespace();
    operator = operator();
    tap.drain();
  }

  @AfterEach
  void stop() {
    operator.close();
    admin.namespaces().withName(namespace).delete();
  }

  @Test
  void aUsableWarehouseIsLookedAtOnceWithExactlyTheseRequests() {
    apply();
    Await.until("ready", () -> condition("Ready").status() == ConditionStatus.TRUE);
    var status =
        "PATCH /apis/naru.dev/v1alpha1/namespaces/%s/warehouses/main/status apply"
            .formatted(namespace);
    var event = "POST /api/v1/namespaces/" + namespace + "/events";
    assertThat(tap.drain()).containsExactly(event, status, event, status);
    assertThat(condition("Ready").message())
        .isEqualTo("BigQuery project naru-local (US) and gs://naru-staging answer");

    operator.close();
    operator = operator();
    Await.until("reconciled", () -> operator.reconciles("Warehouse") > 0);
    assertThat(looks).as("what was found usable is not asked again after a restart").hasValue(1);
  }

  @Test
  void whatIsRefusedStallsAndIsAskedAgainUntilItIsMended() {
    answer.set(new Answer.Refused("BucketNotFound", "gs://naru-staging does not exist: create it"));
    apply();
    Await.until("stalled", () -> condition("Stalled") != null);
    assertThat(condition("Stalled").reason()).isEqualTo("BucketNotFound");
    answer.set(new Answer.Usable());
    clock.advance(Duration.ofMinutes(5));
    Await.until("ready", () -> condition("Ready").status() == ConditionStatus.TRUE);
    assertThat(condition("Stalled")).isNull();
  }

  @Test
  void whatDoesNotAnswerIsUnreachableAndDoesNotTouchReady() {
    answer.set(new Answer.Unreachable("WarehouseUnreachable", "no answer from BigQuery"));
    apply();
    Await.until("seen", () -> condition("Reachable") != null);
    assertThat(condition("Reachable").status()).isEqualTo(ConditionStatus.FALSE);
    assertThat(condition("Ready").status()).isEqualTo(ConditionStatus.TRUE);
    assertThat(condition("Ready").reason()).isEqualTo("Unreachable");
  }

  private TestOperator operator() {
    return new TestOperator(
        namespace,
        tap,
        clock,
        _ -> {
          looks.incrementAndGet();
          return answer.get();
        },
        (_, _) -> new RunLedger.Entry.Unknown("nobody should ask"),
        Set.of(Part.WAREHOUSE));
  }

  private void apply() {
    var warehouse = Samples.warehouse();
    warehouse.getMetadata().setNamespace(namespace);
    admin.resource(warehouse).create();
  }

  private Condition condition(String type) {
    return admin
        .resources(Warehouse.class)
        .inNamespace(namespace)
        .withName("main")
        .get()
        .getStatus()
        .conditions()
        .stream()
        .filter(it -> it.type().equals(type))
        .findFirst()
        .orElse(null);
  }
}
