package dev.naru.operator.mart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.bigquery.FakeWarehouse;
import dev.naru.bigquery.FakeWarehouse.ClientDied;
import dev.naru.bigquery.fake.Call;
import dev.naru.bigquery.fake.FakeBigQuery;
import dev.naru.bigquery.fake.Fault;
import dev.naru.bigquery.mart.MartWarehouse;
import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.MartRun;
import dev.naru.crds.v1alpha1.RunOutcome;
import dev.naru.crds.v1alpha1.Warehouse;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whole runs by the real client over HTTP: a table by partitions, one merged from it, one replaced,
 * with previews, checks, limits and publishes, killed at every request.
 */
class MartRunHttpTest {

  private static final String MART =
      """
      apiVersion: naru.dev/v1alpha1
      kind: DataMart
      metadata: {name: store, namespace: rental, uid: u-1, generation: 1, creationTimestamp: "2026-11-20T00:00:00Z"}
      spec:
        warehouseRef: {name: main}
        dataset: {name: store}
        schedule: {cron: "30 5 * * *", timeZone: UTC}
        publish: POLICY
        parallelism: 1
        limits: {maxBytesBilledPerRun: 100Gi}
        tables:
        - name: day
          sql: {inline: "SELECT * FROM `naru-local`.`raw`.`src`"}
          materialization: {type: Partitions, partitions: {partitionBy: {column: updated_at, granularity: Day}, since: "2026-01-01"}}
          checks: [{name: id, type: NotNull, columns: [id]}]
        - name: member
          sql: {inline: "SELECT * FROM `naru-local`.`store`.`day`"}
          materialization: {type: Merge, merge: {key: [id]}}
          checks: [{name: id, type: NotNull, columns: [id]}]
        - name: copy
          sql: {inline: "SELECT * FROM `naru-local`.`raw`.`src`"}
      """;

  /** That a process dies before a request differs from after the one before by the client only. */
  private static final List<Fault> FAULTS =
      List.of(Fault.DEATH_BEFORE, Fault.DEATH_AFTER, Fault.AFTER);

  private final Instant started = Instant.now().truncatedTo(ChronoUnit.HOURS);

  private static FakeBigQuery prepared() {
    var fake = FakeBigQuery.start(FakeWarehouse.LATENESS);
    fake.createForeignTable("naru-local.raw.src");
    fake.replaceRows(
        "naru-local.raw.src", List.of(row(1, "a", "2026-01-05"), row(2, "b", "2026-01-06")));
    return fake;
  }

  private static Map<String, Object> row(long id, String name, String day) {
    var row = new HashMap<String, Object>();
    row.put("id", id);
    row.put("name", name);
    row.put("updated_at", Instant.parse(day + "T10:00:00Z"));
    return row;
  }

  private RunPlan plan(String policy, String id) {
    var mart = Serialization.unmarshal(MART.replace("POLICY", policy), DataMart.class);
    var warehouse =
        Serialization.unmarshal(
            Marts.WAREHOUSE.replace(
                "    localEndpoints", "    opsDataset: ops\n    localEndpoints"),
            Warehouse.class);
    var around =
        new MartSurroundings(
            _ -> Optional.of(warehouse),
            _ -> Optional.empty(),
            List.of(),
            List.of(mart),
            List.of(),
            new NameCache());
    if (MartResolver.resolve(mart, around) instanceof MartResolution.Resolved(var resolved)) {
      var end = Instant.parse("2026-02-01T00:00:00Z");
      var run = new MartRun(id, null, id, end, started, null, RunOutcome.RUNNING, null, null, null);
      return RunPlan.of(resolved, mart.getSpec(), run, List.of());
    }
    throw new AssertionError(MartResolver.resolve(mart, around));
  }

  private static MartWarehouse open(FakeBigQuery fake) {
    return MartWarehouse.on(FakeWarehouse.openMart(fake));
  }

  private static RunReport run(FakeBigQuery fake, RunPlan plan) {
    var clock = new WaitedClock(plan.started());
    try (var warehouse = open(fake)) {
      var progress = new RunProgress(plan, () -> {}, () -> true);
      return new MartRunner(plan, warehouse, progress, clock, clock).run();
    }
  }

  /** What is left of a run; the same whatever happened on the way. */
  private record Outcome(
      TreeSet<String> jobs, Map<String, List<String>> rows, int ledger, String message) {

    static Outcome of(FakeBigQuery fake, RunReport report) {
      var rows = new TreeMap<String, List<String>>();
      for (var table : List.of("day", "member", "copy")) {
        rows.put(
            table,
            fake.rows("naru-local.store." + table).orElse(List.of()).stream()
                .map(it -> new TreeMap<>(it).toString())
                .sorted()
                .toList());
      }
      return new Outcome(
          new TreeSet<>(fake.jobs()),
          rows,
          fake.rows("naru-local.ops.marts_store").orElse(List.of()).size(),
          report.message());
    }
  }

  /** A fake in which the run before has published, when there is one. */
  private FakeBigQuery before(String policy, boolean first) {
    var fake = prepared();
    if (!first) {
      assertThat(run(fake, plan(policy, "s-1")).result()).isEqualTo(RunOutcome.SUCCEEDED);
      fake.replaceRows(
          "naru-local.raw.src", List.of(row(2, "c", "2026-01-06"), row(3, "d", "2026-01-07")));
      fake.clearJournal();
    }
    return fake;
  }

  @ParameterizedTest
  @CsvSource({"WhenAllPass, true", "WhenAllPass, false", "EachWhenPasses, false"})
  void theProcessMayDieBeforeAndAfterEveryRequestOfARun(String policy, boolean first) {
    var plan = plan(policy, "s-2");
    Outcome expected;
    int calls;
    try (var fake = before(policy, first)) {
      expected = Outcome.of(fake, run(fake, plan));
      calls = fake.journal().size();
      assertThat(expected.rows().get("member")).hasSize(first ? 2 : 3);
      assertThat(expected.rows().get("copy")).hasSize(2);
      assertThat(expected.ledger()).isEqualTo(first ? 3 : 6);
      Leftovers.discard((_, _, _) -> open(fake), plan.mart(), plan.staged(), started);
      assertThat(fake.tables()).noneMatch(it -> plan.staged().toString().contains(it));
    }
    assertThat(calls).isGreaterThan(40);
    for (var i = 0; i < calls; i++) {
      for (var fault : first ? FAULTS : FAULTS.subList(1, 3)) {
        try (var fake = before(policy, first)) {
          fake.fail(_ -> true, i, fault);
          Optional<RunReport> report = Optional.empty();
          try {
            report = Optional.of(run(fake, plan));
          } catch (ClientDied | CompletionException e) {
            assertThat(e instanceof ClientDied || e.getCause() instanceof ClientDied)
                .as("%s", e)
                .isTrue();
          }
          fake.revive();
          var end = report.orElseGet(() -> run(fake, plan));
          assertThat(end.result())
              .as("%s at %d: %s", fault, i, end)
              .isEqualTo(RunOutcome.SUCCEEDED);
          assertThat(Outcome.of(fake, end)).as("%s at call %d", fault, i).isEqualTo(expected);
        }
      }
    }
  }

  /** What is staged goes by itself when nobody is there to remove it. */
  @ParameterizedTest
  @ValueSource(strings = {"WhenAllPass", "EachWhenPasses"})
  void whatAProcessThatDiedLeavesExpires(String policy) {
    try (var fake = prepared()) {
      var plan = plan(policy, "s-2");
      fake.fail(MartRunHttpTest::publishes, 0, Fault.DEATH_AFTER);
      try {
        run(fake, plan);
      } catch (ClientDied | CompletionException _) {
        // as it should
      }
      fake.revive();
      var left =
          fake.tables().stream().filter(it -> plan.staged().toString().contains(it)).toList();
      assertThat(left).isNotEmpty().allMatch(it -> fake.table(it).contains("expirationTime"));
    }
  }

  /** What a stopped query has read is paid for, and so is told. */
  @Test
  void aCancelledRunTellsWhatItsStoppedJobWasBilledFor() {
    try (var fake = prepared();
        var warehouse = open(fake)) {
      var plan = plan("WhenAllPass", "s-2");
      var clock = new WaitedClock(plan.started());
      var progress = new RunProgress(plan, () -> {}, () -> true);
      fake.holdJob(sql -> sql.startsWith("CREATE OR REPLACE TABLE") && progress.cancel());
      var report = new MartRunner(plan, warehouse, progress, clock, clock).run();
      assertThat(report.result()).isEqualTo(RunOutcome.CANCELLED);
      assertThat(report.bytes()).isEqualTo(10 << 20);
    }
  }

  /** 403: nothing is tried again, nothing more is done, and the reason is the right one. */
  @ParameterizedTest
  @ValueSource(strings = {"/datasets", "/jobs", "COMMIT TRANSACTION"})
  void whereThereIsNoRightTheRunEndsAtOnceWithItsReason(String what) {
    try (var fake = prepared()) {
      fake.fail(
          it -> it.path().endsWith(what) || (it.mutates() && it.text().contains(what)),
          0,
          Fault.DENIED);
      var report = run(fake, plan("WhenAllPass", "s-2"));
      assertThat(report.result()).isEqualTo(RunOutcome.FAILED);
      assertThat(report.reason()).isEqualTo("WarehouseAccessDenied");
      assertThat(report.message()).contains("bigquery.tables.getData");
      assertThat(fake.rows("naru-local.store.member").orElse(List.of())).isEmpty();
    }
  }

  private static boolean publishes(Call call) {
    return call.mutates() && call.text().contains("COMMIT TRANSACTION");
  }
}
