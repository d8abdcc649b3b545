package dev.naru.operator.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.crds.v1alpha1.Annotations;
import dev.naru.crds.v1alpha1.Backfill;
import dev.naru.crds.v1alpha1.BackfillRun;
import dev.naru.crds.v1alpha1.BackfillStatus;
import dev.naru.crds.v1alpha1.Condition;
import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.RunOutcome;
import dev.naru.operator.mart.FakeMarts;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A Backfill on a real API server; BigQuery is a fake that remembers jobs by their ids. */
@ExtendWith({LogOracle.class, StateOracle.class})
final class BackfillIT {

  private static final String THREE = "range: {from: \"2026-01-01\", to: \"2026-01-04\"}";

  private final KubernetesClient admin = ControlPlane.get().admin;
  private final ShiftedClock clock = new ShiftedClock();
  private final FakeMarts marts = new FakeMarts();
  private final Tap tap = Tap.recording();
  private String namespace;
  private String name;
  private TestOperator operator;

  @BeforeEach
  void start() {
    namespace = ControlPlane.get().namespace();
    create(Samples.warehouse());
    operator = TestOperator.marts(namespace, tap, clock, marts);
  }

  @AfterEach
  void stop() {
    operator.close();
    admin.namespaces().withName(namespace).delete();
  }

  @Test
  void itWaitsForItsMartBuildsItsIntervalsAndThenNothingIsWritten() {
    backfill(THREE);
    Await.until("waits", () -> reason("Reconciling").equals("DependencyMissing"));
    create(Samples.dataMart());
    Await.until("done", () -> reason("Ready").equals("Completed"));
    assertThat(message("Ready"))
        .startsWith("3 intervals of table day of DataMart store published, 9 rows, 48 bytes");
    assertThat(status().progress()).isEqualTo("3/3");
    assertThat(status().estimatedBytes()).isEqualTo(30);
    assertThat(status().bytes()).isEqualTo(48);
    assertThat(status().running()).isEmpty();
    assertThat(condition("Reconciling")).isEmpty();
    assertThat(marts.published).hasSize(3);
    Await.until(
        "tidy", () -> marts.tables.keySet().equals(java.util.Set.of("naru-local.store.day")));

    Await.until(
        "the mart knows its new table at once, not within the hour",
        () -> mart().getStatus().plan().changes().stream().noneMatch(it -> it.contains("day")));
    Await.until("at rest", this::atRest);
    operator.close();
    tap.drain();
    operator = TestOperator.marts(namespace, tap, clock, marts);
    Await.until("reconciled", () -> operator.reconciles("Backfill") > 0);
    Await.until("looked at and answered", () -> operator.reconciles("DataMart") > 1);
    assertThat(tap.writes()).as("a restart at rest writes nothing").isEmpty();
    assertThat(marts.published).hasSize(3);
  }

  private boolean atRest() throws InterruptedException {
    tap.drain();
    Thread.sleep(700);
    return tap.writes().isEmpty();
  }

  @Test
  void aHookTellsByDryRunAndRefusesWhatCostsTooMuch() {
    create(Samples.dataMart());
    backfill("dryRun: true\n" + THREE);
    Await.until("told", () -> reason("Ready").equals("Estimated"));
    marts.bytes.put("raw_rental", 3L << 30);
    backfill("limits: {maxBytesBilled: 5Gi}\n" + THREE);
    Await.until("refused", () -> reason("Stalled").equals("LimitExceeded"));
    assertThat(message("Ready")).contains("would read 9.0 GiB", "allows 5.0 GiB");
    assertThat(marts.effects).isEmpty();
    merge("{\"spec\": {\"limits\": {\"maxBytesBilled\": \"10Gi\"}}}");
    Await.until("done", () -> reason("Ready").equals("Completed"));

    backfill("tables: [week]\n" + THREE);
    Await.until("refused", () -> reason("Stalled").equals("InvalidSpec"));
    assertThat(message("Ready")).contains("table week is of type Table");
  }

  @Test
  void itIsPausedResumedAdoptedByTheNextOperatorAndCancelled() {
    create(Samples.dataMart());
    var held = hold("check day");
    backfill(THREE);
    Await.until("builds", () -> marts.effects.containsKey("build day"));
    Await.until("is told", () -> reason("Reconciling").equals("Backfilling"));
    Await.until("is shown", () -> status().running().equals(List.of("2026-01-01 to 2026-01-02")));
    merge("{\"spec\": {\"suspend\": true}}");
    Await.until("seen", () -> status().observedGeneration() == 2);
    held.countDown();
    Await.until("paused", () -> reason("Reconciling").equals("Suspended"));
    assertThat(message("Ready")).startsWith("Paused after 1 of 3 intervals");

    held = hold("publish day");
    merge("{\"spec\": {\"suspend\": null}}");
    Await.until("goes on", () -> marts.effects.get("build day") == 2);
    operator.close();
    operator = TestOperator.marts(namespace, tap, clock, marts);
    held.countDown();
    Await.until("done", () -> reason("Ready").equals("Completed"));
    assertThat(marts.effects).containsEntry("build day", 3);
    assertThat(marts.published).hasSize(3).doesNotHaveDuplicates();

    held = hold("build day");
    backfill(THREE);
    Await.until("runs", () -> result() == RunOutcome.RUNNING && status().estimatedBytes() != null);
    request(Annotations.CANCEL_REQUESTED_AT, "stop");
    Await.until("seen", () -> tells("Cancelling"));
    held.countDown();
    Await.until("cancelled", () -> reason("Stalled").equals("Cancelled"));
    assertThat(status().lastHandledCancelRequest()).isEqualTo("stop");
    request(Annotations.RUN_REQUESTED_AT, "again");
    Await.until("done", () -> reason("Ready").equals("Completed"));
    assertThat(status().lastHandledRunRequest()).isEqualTo("again");
  }

  private boolean tells(String reason) {
    return admin.v1().events().inNamespace(namespace).list().getItems().stream()
        .anyMatch(it -> it.getReason().equals(reason));
  }

  @Test
  void theOlderComesFirstDeletingStopsAndWhatHasEndedGoes() {
    create(Samples.dataMart());
    var held = hold("build day");
    backfill("ttlAfterFinished: 1h\n" + THREE);
    var first = name;
    Await.until("runs", () -> result() == RunOutcome.RUNNING);
    backfill("ttlAfterFinished: 1h\nrange: {from: \"2026-01-03\", to: \"2026-01-06\"}");
    Await.until("waits", () -> reason("Reconciling").equals("Waiting"));
    assertThat(message("Ready"))
        .startsWith("Waits for Backfill %s, which has begun".formatted(first));
    admin.resources(Backfill.class).inNamespace(namespace).withName(first).delete();
    // one watch tells both, in their order
    merge("{\"spec\": {\"ttlAfterFinished\": \"90m\"}}");
    Await.until("the deletion was seen", () -> status().observedGeneration() == 2);
    held.countDown();
    Await.until("done", () -> reason("Ready").equals("Completed"));
    assertThat(marts.published).hasSize(3).noneMatch(it -> it.contains("2025-12-31"));
    assertThat(operator.reconciles("Backfill")).isPositive();
    clock.advance(Duration.ofHours(2));
    request(Annotations.RUN_REQUESTED_AT, "look");
    Await.until("gone", () -> get() == null);
  }

  @Test
  void aRunOfTheMartComesBetweenTwoIntervals() {
    create(Samples.dataMart());
    var held = hold("check day");
    backfill(THREE);
    Await.until("builds", () -> marts.effects.containsKey("build day"));
    admin
        .resources(DataMart.class)
        .inNamespace(namespace)
        .withName("store")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"metadata\": {\"annotations\": {\"%s\": \"now\"}}}"
                .formatted(Annotations.RUN_REQUESTED_AT));
    Await.until("the run waits", () -> running(mart()));
    assertThat(marts.effects).doesNotContainKey("build week");
    held.countDown();
    Await.until("ran", () -> !running(mart()));
    Await.until("done", () -> reason("Ready").equals("Completed"));
    var run = marts.calls.indexOf("publish week");
    assertThat(marts.calls.subList(0, run)).filteredOn("publish day"::equals).hasSize(2);
    assertThat(marts.published).hasSize(5);
  }

  @Test
  void aMartThatIsDeletedStopsItAndTakesItsTablesAlong() {
    create(Samples.dataMartThatTakesItsTablesAlong());
    var held = hold("publish day");
    backfill(THREE);
    Await.until("publishes", () -> marts.calls.contains("check day"));
    admin.resources(DataMart.class).inNamespace(namespace).withName("store").delete();
    Await.until("told", () -> ready(mart()).contains("BigQuery is being asked"));
    assertThat(marts.calls).noneMatch(it -> it.startsWith("delete"));
    held.countDown();
    Await.until("gone", () -> mart() == null);
    assertThat(marts.published).as("what was being published, no more").hasSize(1);
    assertThat(marts.tables).doesNotContainKey("naru-local.store.day");
    Await.until("waits", () -> reason("Reconciling").matches("Waiting|DependencyMissing"));
    assertThat(marts.tables).doesNotContainKey("naru-local.store.day");
  }

  private static String ready(DataMart mart) {
    return mart.getStatus().conditions().stream()
        .filter(it -> it.type().equals("Ready"))
        .map(Condition::message)
        .findFirst()
        .orElse("");
  }

  private DataMart mart() {
    return admin.resources(DataMart.class).inNamespace(namespace).withName("store").get();
  }

  private static boolean running(DataMart mart) {
    return mart.getStatus().lastRun() != null
        && mart.getStatus().lastRun().result() == RunOutcome.RUNNING;
  }

  /** The first such call waits. */
  private CountDownLatch hold(String call) {
    var latch = new CountDownLatch(1);
    var first = new AtomicInteger();
    marts.before =
        what -> {
          if (what.equals(call) && first.getAndIncrement() == 0) {
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

  private void backfill(String spec) {
    var backfill =
        Samples.read(
            Backfill.class,
            """
            apiVersion: naru.dev/v1alpha1
            kind: Backfill
            metadata: {generateName: history-}
            spec:
              dataMartRef: {name: store}
            """
                + spec.indent(2));
    backfill.getMetadata().setNamespace(namespace);
    name = admin.resource(backfill).create().getMetadata().getName();
  }

  private void request(String annotation, String token) {
    merge("{\"metadata\": {\"annotations\": {\"%s\": \"%s\"}}}".formatted(annotation, token));
  }

  private void merge(String patch) {
    admin.resource(get()).patch(PatchContext.of(PatchType.JSON_MERGE), patch);
  }

  private Backfill get() {
    return admin.resources(Backfill.class).inNamespace(namespace).withName(name).get();
  }

  private BackfillStatus status() {
    return get().getStatus();
  }

  private RunOutcome result() {
    return Optional.ofNullable(status().lastRun()).map(BackfillRun::result).orElse(null);
  }

  private Optional<Condition> condition(String type) {
    return Optional.ofNullable(status()).map(BackfillStatus::conditions).stream()
        .flatMap(List::stream)
        .filter(it -> it.type().equals(type))
        .findFirst();
  }

  private String reason(String type) {
    return condition(type).map(Condition::reason).orElse("");
  }

  private String message(String type) {
    return condition(type).map(Condition::message).orElse("");
  }
}
