package dev.naru.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.bigquery.WarehouseReason;
import dev.naru.bigquery.mart.Check;
import dev.naru.bigquery.mart.MartWarehouse;
import dev.naru.crds.v1alpha1.Annotations;
import dev.naru.crds.v1alpha1.Condition;
import dev.naru.crds.v1alpha1.ConditionStatus;
import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.DataMartStatus;
import dev.naru.crds.v1alpha1.IngestionJob;
import dev.naru.crds.v1alpha1.MartPlan;
import dev.naru.crds.v1alpha1.MartRun;
import dev.naru.crds.v1alpha1.MartTablePlan;
import dev.naru.crds.v1alpha1.ModelService;
import dev.naru.crds.v1alpha1.RunOutcome;
import dev.naru.crds.v1alpha1.Warehouse;
import dev.naru.operator.it.ControlPlane.Account;
import dev.naru.operator.mart.FakeMarts;
import dev.naru.operator.mart.FakeSql;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
    Await.until(
        "tidy",
        () ->
            marts.tables.keySet().equals(Set.of("naru-local.store.day", "naru-local.store.week")));

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

  /** What a plan says of the next run's windows is no reason to write at every midnight. */
  @Test
  void daysThatPassChangeNoPlan() {
    var mart = Samples.dataMart();
    create(
        Samples.read(
            DataMart.class,
            Serialization.asYaml(mart).replaceFirst("\n  schedule:\n.*\n.*\n", "\n")));
    Await.until("ready", () -> isTrue("Ready"));
    assertThat(get(DataMart.class, "store").getSpec().schedule()).isNull();
    assertThat(rebuilds()).containsExactly("the newest partition", "all rows");
    request(Annotations.RUN_REQUESTED_AT, "one");
    Await.until("ran", () -> result() == RunOutcome.SUCCEEDED);
    Await.until("at rest", this::atRest);
    assertThat(rebuilds().getFirst()).startsWith("the newest partition, and all from 20");
    operator.close();
    clock.advance(Duration.ofDays(3));
    tap.drain();
    operator = TestOperator.marts(namespace, tap, clock, marts);
    Await.until("reconciled", () -> operator.reconciles("DataMart") > 1);
    assertThat(tap.writes()).isEmpty();
  }

  private List<String> rebuilds() {
    return status().plan().tables().stream().map(MartTablePlan::rebuilds).toList();
  }

  @Test
  void thePlanNamesWhatIsRebuiltAndWhoUsesAColumnThatGoes() {
    operator.close();
    operator = TestOperator.martsAndModels(namespace, tap, clock, marts, new FakeSql());
    create(Samples.dataMart());
    create(
        Samples.read(
            DataMart.class,
            """
            apiVersion: naru.dev/v1alpha1
            kind: DataMart
            metadata: {name: sales}
            spec:
              warehouseRef: {name: main}
              dataset: {name: sales}
              tables:
              - {name: daily, sql: {inline: "SELECT day, rides FROM store.day"}}
              - {name: cars, sql: {inline: "SELECT car_id FROM store.day"}}
            """));
    Await.until("read", () -> planReaders().equals(List.of("DataMart sales")));
    assertThat(status().plan().tables())
        .extracting(MartTablePlan::name)
        .containsExactly("day", "week");
    assertThat(rebuilds().getFirst()).matches("1 partition, 20\\d\\d-12-31");

    var service = Serialization.asYaml(Samples.modelService());
    create(
        Samples.read(
            ModelService.class,
            service.replace(
                "\nspec:\n",
                "\nspec:\n  inputs: [{dataMartRef: {name: store}, maxStaleness: 26h}]\n")));
    Await.until(
        "a service reads it",
        () -> planReaders().equals(List.of("DataMart sales", "ModelService price")));

    marts.tables.put("naru-local.store.day", "published");
    marts.has.put(
        "naru-local.store.day",
        List.of(
            new MartWarehouse.Column("car_id", "INT64"),
            new MartWarehouse.Column("day", "DATE"),
            new MartWarehouse.Column("rides", "INT64")));
    marts.changes.put(
        "day", new MartWarehouse.Change(false, List.of(), List.of("rides"), List.of(), List.of()));
    merge("{\"spec\": {\"variables\": {\"vat\": \"0.1\"}}}");
    Await.until("refused", () -> isTrue("Stalled"));
    assertThat(condition("Stalled").orElseThrow().reason()).isEqualTo("BreakingChange");
    assertThat(condition("Stalled").orElseThrow().message())
        .contains(
            "column rides would vanish of table day. Who reads it may break: table week (rides), table daily of DataMart sales (rides); perhaps ModelService price. Keep");
    assertThat(status().plan().changes())
        .containsExactly(
            "table day loses column rides; used by table week, table daily of DataMart sales; perhaps used by ModelService price");

    admin.resource(get(ModelService.class, "price")).delete();
    Await.until("it reads it no more", () -> planReaders().equals(List.of("DataMart sales")));
  }

  private List<String> planReaders() {
    return Optional.ofNullable(status())
        .map(DataMartStatus::plan)
        .map(MartPlan::readers)
        .orElse(List.of());
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

  /** Whoever repeats the run before its end is written down needs what it has staged. */
  @Test
  void whatARunHasStagedGoesOnlyWhenStatusSaysThatItSucceeded() {
    var seen = Collections.synchronizedList(new ArrayList<RunOutcome>());
    marts.before =
        what -> {
          if (what.equals("discard")) {
            seen.add(result());
          }
        };
    create(Samples.dataMart());
    request(Annotations.RUN_REQUESTED_AT, "one");
    Await.until("all is removed", () -> Collections.frequency(calls(), "discard") == 3);
    assertThat(seen).hasSize(3).containsOnly(RunOutcome.SUCCEEDED);
    assertThat(marts.tables.keySet())
        .containsExactly("naru-local.store.day", "naru-local.store.week");
  }

  /** The operator ends when all is published, while it removes what was staged. */
  @Test
  void aRunThatPublishedAllIsNeverToldAsFailed() {
    var held = hold("discard");
    create(Samples.dataMart());
    request(Annotations.RUN_REQUESTED_AT, "one");
    Await.until("published", () -> result() == RunOutcome.SUCCEEDED);
    operator.close();
    held.countDown();
    operator = TestOperator.marts(namespace, tap, clock, marts);
    Await.until("reconciled", () -> operator.reconciles("DataMart") > 1);
    assertThat(result()).isEqualTo(RunOutcome.SUCCEEDED);
    assertThat(marts.effects.values()).containsOnly(1);
  }

  /** Whoever lost its lease may not know it yet. */
  @Test
  void twoOperatorsForAMomentPublishOnce() {
    var held = hold("build week");
    create(Samples.dataMart());
    request(Annotations.RUN_REQUESTED_AT, "one");
    Await.until("building", () -> marts.calls.contains("check day"));
    try (var second = TestOperator.marts(namespace, Tap.recording(), clock, marts)) {
      Await.until("the other builds too", () -> Collections.frequency(calls(), "check day") == 2);
      held.countDown();
      Await.until("ran", () -> result() == RunOutcome.SUCCEEDED);
      assertThat(second.reconciles("DataMart")).isPositive();
    }
    assertThat(marts.effects).hasSize(4);
    assertThat(marts.effects.values()).containsOnly(1);
    assertThat(marts.published).hasSize(2);
  }

  private List<String> calls() {
    return List.of(marts.calls.toArray(String[]::new));
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

  @Test
  void aTableStandsThereOnce() {
    var twice = Samples.dataMart();
    assertThatThrownBy(
            () ->
                create(
                    Serialization.unmarshal(
                        Serialization.asYaml(twice).replace("name: \"week\"", "name: \"day\""),
                        DataMart.class)))
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining("tables names a table twice: give each a name of its own");
  }

  @Test
  void tablesGoWithTheMartWhenThatIsDeclaredAndNoOther() {
    marts.tables.put("naru-local.store.theirs", "by hand");
    marts.tables.put("naru-local.store.week", "of another");
    marts.foreign.add("naru-local.store.week");
    create(Samples.dataMartThatTakesItsTablesAlong());
    Await.until("held", () -> held() && isTrue("Ready"));
    marts.tables.put("naru-local.store.day", "ours");
    delete();
    Await.until("gone", () -> get(DataMart.class, "store") == null);
    assertThat(marts.tables.keySet())
        .containsExactly("naru-local.store.theirs", "naru-local.store.week");
    assertThat(event("TablesDeleted")).contains("the dataset stays");
    assertThat(marts.calls)
        .filteredOn(it -> it.startsWith("delete"))
        .as("who reads goes before what it reads")
        .containsExactly("delete week", "delete day", "delete dataset");
  }

  @Test
  void theFinalizerIsThereOnlyAsLongAsTablesShallBeDeleted() {
    create(Samples.dataMart());
    Await.until("ready", () -> isTrue("Ready"));
    assertThat(held()).isFalse();
    merge("{\"spec\": {\"deletionPolicy\": \"Delete\"}}");
    Await.until("held", this::held);
    merge("{\"spec\": {\"deletionPolicy\": \"Retain\"}}");
    Await.until("let go", () -> !held());
    delete();
    Await.until("gone", () -> get(DataMart.class, "store") == null);
    assertThat(marts.calls).noneMatch(it -> it.startsWith("delete"));
  }

  @Test
  void aMartThatIsDeletedWhileItRunsPublishesNothingAndTakesItsTablesAlong() {
    var held = hold("build week");
    create(Samples.dataMartThatTakesItsTablesAlong());
    request(Annotations.RUN_REQUESTED_AT, "one");
    Await.until("building", () -> marts.calls.contains("check day"));
    marts.tables.put("naru-local.store.day", "yesterday");
    delete();
    Await.until("told", () -> reason("Ready").equals("Deleting"));
    assertThat(condition("Ready").orElseThrow().message()).contains("is being stopped");
    assertThat(marts.calls).noneMatch(it -> it.startsWith("delete"));
    held.countDown();
    Await.until("gone", () -> get(DataMart.class, "store") == null);
    assertThat(marts.effects.keySet()).noneMatch(it -> it.startsWith("publish"));
    assertThat(marts.tables).doesNotContainKey("naru-local.store.day");
  }

  @Test
  void whereRightsAreGoneTheDeletionWaitsAndThenLeavesTheTables() {
    create(Samples.dataMartThatTakesItsTablesAlong());
    Await.until("held", () -> held() && isTrue("Ready"));
    denied();
    delete();
    Await.until("told", () -> message().contains("no right"));
    assertThat(message()).contains("spec.deletionPolicy: Retain lets the DataMart go at once");
    clock.advance(Duration.ofMinutes(11));
    Await.until("gone", () -> get(DataMart.class, "store") == null);
    assertThat(event("TablesKept")).contains("stay in BigQuery: no right");
  }

  @Test
  void rightsThatComeBackInTimeAreUsed() {
    create(Samples.dataMartThatTakesItsTablesAlong());
    Await.until("held", () -> held() && isTrue("Ready"));
    marts.tables.put("naru-local.store.day", "ours");
    denied();
    delete();
    Await.until("told", () -> message().contains("no right"));
    marts.before = _ -> {};
    Await.until("gone", () -> get(DataMart.class, "store") == null);
    assertThat(marts.tables).isEmpty();
    assertThat(event("TablesDeleted")).contains("the dataset is deleted too");
  }

  @Test
  void retainLetsAMartGoThatCannotBeDeleted() {
    create(Samples.dataMartThatTakesItsTablesAlong());
    Await.until("held", () -> held() && isTrue("Ready"));
    denied();
    delete();
    Await.until("told", () -> message().contains("no right"));
    merge("{\"spec\": {\"deletionPolicy\": \"Retain\"}}");
    Await.until("gone", () -> get(DataMart.class, "store") == null);
  }

  @Test
  void theWarehouseMayGoBeforeTheMart() {
    create(Samples.dataMartThatTakesItsTablesAlong());
    Await.until("held", () -> held() && isTrue("Ready"));
    marts.tables.put("naru-local.store.day", "ours");
    admin.resource(get(Warehouse.class, "main")).delete();
    delete();
    Await.until("gone", () -> get(DataMart.class, "store") == null);
    assertThat(marts.tables).isEmpty();
  }

  @Test
  void anOperatorThatNeverSawTheWarehouseDoesNotWaitForEver() {
    create(Samples.dataMartThatTakesItsTablesAlong());
    Await.until("held", () -> held() && isTrue("Ready"));
    operator.close();
    admin.resource(get(Warehouse.class, "main")).delete();
    delete();
    operator = TestOperator.marts(namespace, tap, clock, marts);
    Await.until("told", () -> message().contains("Warehouse main, which says where they are"));
    clock.advance(Duration.ofMinutes(11));
    operator.close();
    operator = TestOperator.marts(namespace, tap, clock, marts);
    Await.until("gone", () -> get(DataMart.class, "store") == null);
    assertThat(event("TablesKept")).contains("does not exist");
  }

  /** With rights everywhere: those in the namespace are deleted before the mart. */
  @Test
  void aNamespaceIsDeletedWithItsMart() {
    operator.close();
    var seen = Tap.recording();
    operator = TestOperator.marts(namespace, Account.EVERYWHERE, seen, clock, marts);
    create(Samples.dataMartThatTakesItsTablesAlong());
    Await.until("held", () -> held() && isTrue("Ready"));
    marts.tables.put("naru-local.store.day", "ours");
    admin.namespaces().withName(namespace).delete();
    Await.until("gone", () -> get(DataMart.class, "store") == null);
    assertThat(marts.tables).isEmpty();
    // nobody may write Events into a namespace that ends
    seen.forbidden().removeIf(it -> it.endsWith("/events"));
  }

  @Test
  void aMartOfTheSameNameDoesNotReviveTheRunOfTheOneBefore() {
    var held = hold("build week");
    create(Samples.dataMart());
    request(Annotations.RUN_REQUESTED_AT, "one");
    Await.until("building", () -> marts.calls.contains("check day"));
    delete();
    Await.until("gone", () -> get(DataMart.class, "store") == null);
    create(Samples.dataMart());
    Await.until("ready", () -> isTrue("Ready"));
    held.countDown();
    Await.until("stopped", () -> marts.calls.contains("build week"));
    request(Annotations.CANCEL_REQUESTED_AT, "settle");
    Await.until("answered", () -> "settle".equals(status().lastHandledCancelRequest()));
    assertThat(marts.effects.keySet()).noneMatch(it -> it.startsWith("publish"));
  }

  private void denied() {
    marts.before =
        call -> {
          if (call.startsWith("delete")) {
            throw new ActionNeededFailure(WarehouseReason.WAREHOUSE_ACCESS_DENIED, "no right");
          }
        };
  }

  private void delete() {
    admin.resource(get(DataMart.class, "store")).delete();
  }

  private boolean held() {
    return get(DataMart.class, "store")
        .getMetadata()
        .getFinalizers()
        .contains("naru.dev/delete-tables");
  }

  private String reason(String type) {
    return condition(type).map(Condition::reason).orElse("");
  }

  private String message() {
    return condition("Ready").map(Condition::message).orElse("");
  }

  private String event(String reason) {
    return admin.v1().events().inNamespace(namespace).list().getItems().stream()
        .filter(it -> reason.equals(it.getReason()))
        .map(it -> it.getMessage())
        .findFirst()
        .orElse("");
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
