package dev.naru.operator.mart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.bigquery.RetryableFailure;
import dev.naru.bigquery.WarehouseReason;
import dev.naru.bigquery.mart.Check;
import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.MartRun;
import dev.naru.crds.v1alpha1.RunOutcome;
import dev.naru.crds.v1alpha1.TableState;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MartRunnerTest {

  private static final Instant NOW = Instant.parse("2026-11-24T20:30:10Z");
  private static final Instant END = Instant.parse("2026-11-24T15:00:00Z");
  private static final String DAY = "naru-local.store.day";
  private static final String WEEK = "naru-local.store.week";

  private final FakeMarts marts = new FakeMarts();
  private RunProgress progress;

  /** Stands for the end of the process. */
  private static final class Died extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private RunPlan plan(DataMart mart) {
    var run = new MartRun("s-1", NOW, null, END, NOW, null, RunOutcome.RUNNING, null, null, null);
    return RunPlan.of(Marts.resolved(mart), mart.getSpec(), run, List.of());
  }

  /** As the reconciler does: once the end is written down, what was staged goes. */
  private RunReport run(DataMart mart) {
    var report = toTheEnd(mart);
    if (report.result() == RunOutcome.SUCCEEDED) {
      Leftovers.discard(marts, plan(mart).mart(), plan(mart).staged(), NOW);
    }
    return report;
  }

  private RunReport toTheEnd(DataMart mart) {
    var plan = plan(mart);
    progress = new RunProgress(plan, () -> {}, () -> true);
    try (var warehouse = marts.open(plan.mart().warehouse(), plan.mart().owner(), NOW)) {
      return new MartRunner(plan, warehouse, progress, Clock.fixed(NOW, ZoneOffset.UTC), _ -> {})
          .run();
    }
  }

  private static DataMart with(String spec) {
    return Marts.mart(Marts.SMALL.replace("  tables:", "  " + spec + "\n  tables:"));
  }

  @Test
  void childrenReadTheirParentsAsTheyWillBeAndAllIsPublishedAtTheEnd() {
    var report = run(Marts.small());
    assertThat(report.result()).isEqualTo(RunOutcome.SUCCEEDED);
    assertThat(report.message()).isEqualTo("2 tables published, 6 rows, 31 bytes billed");
    var plan = plan(Marts.small());
    assertThat(marts.tables.keySet()).containsExactly(DAY, WEEK);
    assertThat(marts.tables.get(WEEK))
        .contains("FROM " + plan.table("day").preview().sql() + " AS `day`");
    assertThat(marts.calls.indexOf("publish day")).isGreaterThan(marts.calls.indexOf("build week"));
  }

  @Test
  void eachMayPublishAsSoonAsItPasses() {
    run(with("publish: EachWhenPasses"));
    assertThat(marts.tables.get(WEEK)).contains("FROM store.day ");
    assertThat(marts.calls.indexOf("publish day")).isLessThan(marts.calls.indexOf("build week"));
    assertThat(marts.calls).doesNotContain("preview day");
  }

  @Test
  void aFailedCheckPublishesNothingAndSaysHowToSeeTheRows() {
    marts.tables.put(DAY, "yesterday");
    marts.found.put("key", new Check.Result.Failed("key", 2, "2 keys twice", "SELECT *\n FROM x"));
    var report = run(Marts.small());
    assertThat(report.reason()).isEqualTo("ChecksFailed");
    assertThat(report.message())
        .isEqualTo(
            "Table day: check key of day: 2 keys twice; see them with: SELECT * FROM x. Nothing was published: every table keeps the rows of the run before. 1 tables that read them were not built.");
    assertThat(marts.tables).containsEntry(DAY, "yesterday").doesNotContainKey(WEEK);
    assertThat(report.tables().get("week").state()).isEqualTo(TableState.SKIPPED);
    // the candidate stays to be looked at
    assertThat(marts.tables).containsKey(plan(Marts.small()).table("day").candidate().toString());
  }

  @Test
  void aWarningPublishesAndIsTold() {
    marts.found.put("many", new Check.Result.Failed("many", 1, "3 rows, at least 10", "SELECT 1"));
    var report = run(Marts.small());
    assertThat(report.result()).isEqualTo(RunOutcome.SUCCEEDED);
    assertThat(report.broken()).hasSize(1);
  }

  @Test
  void aCheckThatCannotBeMadeIsNoPass() {
    marts.found.put("key", new Check.Result.Broken("key", "no right"));
    assertThat(run(Marts.small()).reason()).isEqualTo("CheckBroken");
    assertThat(marts.calls).doesNotContain("publish day");
  }

  @Test
  void aRunAboveItsLimitIsRefusedBeforeItSpends() {
    marts.bytes.put("raw.reservations", 3L << 30);
    var report = run(with("limits: {maxBytesBilledPerRun: 1Gi}"));
    assertThat(report.reason()).isEqualTo("LimitExceeded");
    assertThat(report.message())
        .startsWith(
            "The run would read 3.0 GiB, 3.0 GiB of it for table day, and spec.limits.maxBytesBilledPerRun allows 1.0 GiB. Nothing was spent.");
    assertThat(marts.effects).isEmpty();
  }

  @Test
  void aTableAboveItsLimitStopsBeforeItIsBuilt() {
    marts.bytes.put("raw.reservations", 3L << 30);
    var report = run(with("limits: {maxBytesBilledPerTable: 1Gi}"));
    assertThat(report.message()).contains("Table day would read 3.0 GiB", "maxBytesBilledPerTable");
    assertThat(marts.effects).isEmpty();
  }

  @Test
  void whatFailsByNoFaultOfTheSqlIsTriedAgain() {
    var failures = new AtomicInteger();
    marts.before =
        call -> {
          if (call.equals("build day") && failures.incrementAndGet() < 3) {
            throw new RetryableFailure(WarehouseReason.JOB_FAILED, "backendError");
          }
        };
    assertThat(run(Marts.small()).result()).isEqualTo(RunOutcome.SUCCEEDED);
  }

  @Test
  void whatAPersonMustMendIsToldAtOnce() {
    var calls = new AtomicInteger();
    marts.before =
        call -> {
          if (call.equals("build day")) {
            calls.incrementAndGet();
            throw new ActionNeededFailure(WarehouseReason.WAREHOUSE_ACCESS_DENIED, "no right");
          }
        };
    assertThat(run(Marts.small()).reason()).isEqualTo("WarehouseAccessDenied");
    assertThat(calls).hasValue(1);
  }

  @Test
  void aCancelledRunPublishesNothing() {
    marts.after = call -> cancelAt("build day", call);
    var report = run(Marts.small());
    assertThat(report.result()).isEqualTo(RunOutcome.CANCELLED);
    assertThat(marts.calls).noneMatch(it -> it.startsWith("publish"));
  }

  @Test
  void aPublishBegunIsFinished() {
    marts.after = call -> cancelAt("publish day", call);
    assertThat(run(Marts.small()).result()).isEqualTo(RunOutcome.SUCCEEDED);
    assertThat(marts.tables.keySet()).containsExactly(DAY, WEEK);
  }

  private void cancelAt(String at, String call) {
    if (at.equals(call)) {
      progress.cancel();
    }
  }

  @Test
  void aProcessMayDieBeforeAndAfterEveryCall() {
    toTheEnd(Marts.small());
    var calls = marts.calls.size();
    run(Marts.small());
    var wanted = new java.util.TreeMap<>(marts.tables);
    assertThat(calls).isGreaterThan(8);
    for (var at = 0; at < calls; at++) {
      for (var afterwards : List.of(true, false)) {
        var test = new MartRunnerTest();
        test.dieAt(at, afterwards);
        assertThat(test.marts.tables).as("died at call %d", at).isEqualTo(wanted);
        assertThat(test.marts.effects.values()).as("died at call %d", at).containsOnly(1);
      }
    }
  }

  /** Its last call was answered, but nobody wrote down how it ended. */
  @Test
  void aRunWhoseEndNobodyWroteDownIsFoundDoneByWhoeverRepeatsIt() {
    var first = toTheEnd(Marts.small());
    var again = toTheEnd(Marts.small());
    assertThat(again.message()).isEqualTo(first.message());
    assertThat(again.result()).isEqualTo(RunOutcome.SUCCEEDED);
    assertThat(marts.effects.values()).containsOnly(1);
  }

  private void dieAt(int at, boolean afterwards) {
    var count = new AtomicInteger();
    java.util.function.Consumer<String> dying =
        _ -> {
          if (count.getAndIncrement() >= at) {
            throw new Died();
          }
        };
    if (afterwards) {
      marts.after = dying;
    } else {
      marts.before = dying;
    }
    try {
      toTheEnd(Marts.small());
    } catch (Died | java.util.concurrent.CompletionException e) {
      assertThat(e instanceof Died || e.getCause() instanceof Died).isTrue();
    }
    marts.before = _ -> {};
    marts.after = _ -> {};
    assertThat(run(Marts.small()).result()).isEqualTo(RunOutcome.SUCCEEDED);
  }
}
