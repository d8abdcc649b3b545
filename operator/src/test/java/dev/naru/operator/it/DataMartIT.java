package dev.naru.operator.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.bigquery.WarehouseReason;
import dev.naru.bigquery.mart.Check;
import dev.naru.crds.v1alpha1.Annotations;
import dev.naru.crds.v1alpha1.Condition;
import dev.naru.crds.v1alpha1.ConditionStatus;
import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.DataMartStatus;
import dev.naru.crds.v1alpha1.IngestionJob;
import dev.naru.crds.v1alpha1.MartRun;
import dev.naru.crds.v1alpha1.RunOutcome;
import dev.naru.operator.mart.FakeMarts;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A DataMart on a real API server; BigQuery is a fake that remembers jobs by their ids. */
@ExtendWith({LogOracle.class, StateOracle.class})
final class DataMartIT {

  private final KubernetesClient admin = ControlPlane.get().admin;
  private final ShiftedClock clock = new ShiftedClock();
  private final FakeMarts marts = new FakeMarts();
  private final Tap tap = Tap.recording();
  private String namespace;
  private TestOperator operator;

  @BeforeEach
  void start() {
    namespace = ControlPlane.get().namespace();
    create(Samples.warehouse());
    operator = TestOperator.marts(namespace, tap, clock, marts);
    tap.drain();
  }

  @AfterEach
  void stop() {
    operator.close();
    admin.namespaces().withName(namespace).delete();
  }

  @Test
  void aRequestedRunPublishesAndThenNothingIsWritten() {
    create(Samples.dataMart());
    Await.until("ready", () -> isTrue("Ready"));
    assertThat(condition("Ready").orElseThrow().message())
        .isEqualTo("Runs at '30 5 1 1 *' Asia/Seoul");
    assertThat(status().plan().order()).containsExactly("day", "week");
    request(Annotations.RUN_REQUESTED_AT, "one");
    Await.until("ran", () -> result() == RunOutcome.SUCCEEDED);
    assertThat(status().tablesReady()).isEqualTo("2/2");
    assertThat(status().lastHandledRunRequest()).isEqualTo("one");
    assertThat(lastRun().message()).startsWith("2 tables published, 6 rows");
    assertThat(isTrue("RunHealthy") && isTrue("ChecksPassing") && isTrue("WithinBudget")).isTrue();
    assertThat(status().dataThrough()).isEqualTo(lastRun().dataThrough());
    assertThat(marts.tables.keySet())
        .containsExactly("naru-local.store.day", "naru-local.store.week");

    Await.until("at rest", this::atRest);
    tap.drain();
    operator.close();
    operator = TestOperator.marts(namespace, tap, clock, marts);
    Await.until("reconciled", () -> operator.reconciles("DataMart") > 1);
    assertThat(tap.writes()).as("a restart at rest writes nothing").isEmpty();
  }

  /** The plan after a run is written once more. */
  private boolean atRest() {
    var before = tap.drain().size();
    try {
      Thread.sleep(500);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return before == 0;
  }

  @Test
  void aScheduledRunWaitsForWhatItReads() {
    var job = Samples.ingestionJob();
    create(job);
    create(Samples.dataMart());
    Await.until("ready", () -> isTrue("Ready"));
    request(Annotations.RUN_REQUESTED_AT, "one");
    Await.until(
        "waits",
        () ->
            condition("Ready")
                    .orElseThrow()
                    .message()
                    .contains("waits for IngestionJob reservations")
                && condition("Ready").orElseThrow().message().contains("not loaded yet"));
    assertThat(marts.calls).noneMatch(it -> it.startsWith("build"));
    admin
        .resource(get(IngestionJob.class, "reservations"))
        .subresource("status")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"status\": {\"dataThrough\": \"%s\"}}".formatted(clock.instant()));
    Await.until("ran", () -> result() == RunOutcome.SUCCEEDED);
  }

  @Test
  void anotherOperatorGoesOnWithTheRun() {
    var held = hold("build week");
    create(Samples.dataMart());
    request(Annotations.RUN_REQUESTED_AT, "one");
    Await.until("building", () -> marts.calls.contains("check day"));
    operator.close();
    operator = TestOperator.marts(namespace, tap, clock, marts);
    held.countDown();
    Await.until("ran", () -> result() == RunOutcome.SUCCEEDED);
    assertThat(marts.effects).hasSize(4);
    assertThat(marts.effects.values()).containsOnly(1);
  }

  @Test
  void aCancelledRunPublishesNothingAlsoAfterARestart() {
    var held = hold("build week");
    create(Samples.dataMart());
    request(Annotations.RUN_REQUESTED_AT, "one");
    Await.until("building", () -> marts.calls.contains("check day"));
    request(Annotations.CANCEL_REQUESTED_AT, "stop");
    Await.until(
        "told to stop",
        () ->
            admin.v1().events().inNamespace(namespace).list().getItems().stream()
                .anyMatch(it -> "Cancelling".equals(it.getReason())));
    held.countDown();
    Await.until("cancelled", () -> result() == RunOutcome.CANCELLED);
    Await.until("answered", () -> "stop".equals(status().lastHandledCancelRequest()));
    assertThat(marts.tables).doesNotContainKey("naru-local.store.day");
    assertThat(condition("RunHealthy")).isEmpty();
  }

  @Test
  void aSpecThatChangesMidwayIsBuiltInsteadAndTheOldOneNeverPublished() {
    var held = hold("build week");
    create(Samples.dataMart());
    request(Annotations.RUN_REQUESTED_AT, "one");
    Await.until("building", () -> marts.calls.contains("check day"));
    merge("{\"spec\": {\"variables\": {\"vat\": \"0.1\"}}}");
    Await.until("seen", () -> status().observedGeneration() == 2);
    held.countDown();
    Await.until("ran", () -> result() == RunOutcome.SUCCEEDED);
    assertThat(marts.effects).containsEntry("build day", 2).containsEntry("publish day", 1);
  }

  @Test
  void aDeletedMartStopsItsRun() {
    var held = hold("build week");
    create(Samples.dataMart());
    request(Annotations.RUN_REQUESTED_AT, "one");
    Await.until("building", () -> marts.calls.contains("check day"));
    admin.resource(get(DataMart.class, "store")).delete();
    Await.until("gone", () -> get(DataMart.class, "store") == null);
    held.countDown();
    Await.until("stopped", () -> marts.calls.contains("build week"));
    assertThat(marts.effects.keySet()).noneMatch(it -> it.startsWith("publish"));
  }

  @Test
  void aFailedCheckIsTold() {
    marts.found.put(
        "key", new Check.Result.Failed("key", 2, "2 keys stand there twice", "SELECT 1"));
    create(Samples.dataMart());
    request(Annotations.RUN_REQUESTED_AT, "one");
    Await.until("failed", () -> result() == RunOutcome.FAILED);
    assertThat(condition("ChecksPassing").orElseThrow().message())
        .isEqualTo("check key of day: 2 keys stand there twice; see them with: SELECT 1");
    assertThat(isTrue("Degraded")).as("as spec.degradeOn says").isTrue();
    assertThat(isTrue("Ready")).as("the declaration is fine").isTrue();
  }

  @Test
  void sqlThatCannotRunStallsUntilItIsMended() {
    marts.before =
        call -> {
          if (call.equals("estimate")) {
            throw new ActionNeededFailure(
                WarehouseReason.JOB_FAILED, "Unrecognized name: ride at [1:8]");
          }
        };
    create(Samples.dataMart());
    Await.until("stalled", () -> isTrue("Stalled"));
    assertThat(condition("Stalled").orElseThrow().reason()).isEqualTo("InvalidQuery");
    assertThat(condition("Stalled").orElseThrow().message())
        .isEqualTo("spec.tables[1].sql: Unrecognized name: ride at [1:8]");
    request(Annotations.RUN_REQUESTED_AT, "one");
    marts.before = _ -> {};
    merge("{\"spec\": {\"variables\": {\"vat\": \"0.1\"}}}");
    Await.until("ran", () -> result() == RunOutcome.SUCCEEDED);
    assertThat(condition("Stalled")).isEmpty();
  }

  @Test
  void sqlMayComeLaterInAConfigMap() {
    var mart = Samples.dataMart();
    create(
        Samples.read(
            DataMart.class,
            """
            apiVersion: naru.dev/v1alpha1
            kind: DataMart
            metadata: {name: store}
            spec:
              warehouseRef: {name: main}
              dataset: {name: store}
              tables: [{name: day, sql: {configMapKeyRef: {name: sql, key: day.sql}}}]
            """));
    Await.until(
        "waits",
        () -> condition("Ready").filter(it -> it.reason().equals("DependencyMissing")).isPresent());
    create(
        new ConfigMapBuilder()
            .withNewMetadata()
            .withName("sql")
            .addToLabels("naru.dev/input", "true")
            .endMetadata()
            .addToData("day.sql", mart.getSpec().tables().get(1).sql().inline())
            .build());
    Await.until("ready", () -> isTrue("Ready"));
  }

  private CountDownLatch hold(String call) {
    var latch = new CountDownLatch(1);
    marts.before =
        what -> {
          if (what.equals(call)) {
            try {
              latch.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          }
        };
    return latch;
  }

  private void create(HasMetadata resource) {
    resource.getMetadata().setNamespace(namespace);
    admin.resource(resource).create();
  }

  private void request(String annotation, String token) {
    merge("{\"metadata\": {\"annotations\": {\"%s\": \"%s\"}}}".formatted(annotation, token));
  }

  private void merge(String patch) {
    admin
        .resource(get(DataMart.class, "store"))
        .patch(PatchContext.of(PatchType.JSON_MERGE), patch);
  }

  private <T extends HasMetadata> T get(Class<T> type, String name) {
    return admin.resources(type).inNamespace(namespace).withName(name).get();
  }

  private DataMartStatus status() {
    return get(DataMart.class, "store").getStatus();
  }

  private MartRun lastRun() {
    return status().lastRun();
  }

  private RunOutcome result() {
    return Optional.ofNullable(lastRun()).map(MartRun::result).orElse(null);
  }

  private Optional<Condition> condition(String type) {
    return Optional.ofNullable(status()).map(DataMartStatus::conditions).stream()
        .flatMap(java.util.List::stream)
        .filter(it -> it.type().equals(type))
        .findFirst();
  }

  private boolean isTrue(String type) {
    return condition(type).filter(it -> it.status() == ConditionStatus.TRUE).isPresent();
  }
}
