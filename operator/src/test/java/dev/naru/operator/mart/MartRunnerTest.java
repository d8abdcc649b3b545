package dev.naru.operator.mart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.bigquery.RetryableFailure;
import dev.naru.bigquery.WarehouseReason;
import dev.naru.bigquery.mart.Check;
import dev.naru.bigquery.mart.Cost;
import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.MartRun;
import dev.naru.crds.v1alpha1.RunOutcome;
import dev.naru.crds.v1alpha1.TableState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MartRunnerTest {

  private static final Instant NOW = Instant.parse("2026-11-24T20:30:10Z");
  private static final Instant END = Instant.parse("2026-11-24T15:00:00Z");
  private static final String DAY = "naru-local.store.day";
  private static final String WEEK = "naru-local.store.week";

  private final FakeMarts marts = new FakeMarts();
  private final WaitedClock clock = new WaitedClock(NOW);
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
      return new MartRunner(plan, warehouse, progress, clock, clock).run();
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
    var run = new MartRun("s-1", NOW, null, END, NOW, NOW, report.result(), 1L, 1L, "published");
    assertThat(DataMartReconciler.told(run, report))
        .extracting(it -> it.type() + " " + it.reason() + " " + it.message())
        .containsExactly(
            "Normal RunSucceeded Run s-1: published",
            "Warning ChecksWarned Run s-1: check many of day: 3 rows, at least 10; see them with: SELECT 1");
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

  /** Making it reads nothing; whoever reads it is charged for what stands behind it. */
  @Test
  void aViewCostsNothing() {
    marts.bytes.put("store.day", 3L << 30);
    var view =
        Marts.SMALL
            .replace("- name: week", "- name: week\n    materialization: {type: View}")
            .replace("  tables:", "  limits: {maxBytesBilledPerRun: 1Gi}\n  tables:");
    assertThat(run(Marts.mart(view)).result()).isEqualTo(RunOutcome.SUCCEEDED);
  }

  @Test
  void whatAPublishCostsCountsBeforeAnythingIsSpent() {
    marts.expecting.put("day", 2L << 30);
    var report = run(with("limits: {maxBytesBilledPerRun: 1Gi}"));
    assertThat(report.message()).startsWith("The run would read 2.0 GiB, 2.0 GiB of it for table");
    assertThat(marts.effects).isEmpty();
  }

  @Test
  void allPublishesAreTakenFromTheBudgetBeforeTheFirstOfThem() {
    marts.publishing.put("day", 600L << 20);
    marts.publishing.put("week", 600L << 20);
    var report = run(with("limits: {maxBytesBilledPerRun: 1Gi}"));
    assertThat(report.reason()).isEqualTo("LimitExceeded");
    assertThat(report.message())
        .startsWith("Publishing 2 tables would read 1.2 GiB, the run has used 21 bytes already")
        .endsWith("Nothing was published: every table keeps the rows of the run before.");
    assertThat(report.limited()).contains(report.message());
    assertThat(marts.calls).noneMatch(it -> it.startsWith("publish"));
  }

  @Test
  void aTableMayNotBePublishedForMoreThanItsLimit() {
    marts.publishing.put("week", 2L << 30);
    for (var policy : List.of("WhenAllPass", "EachWhenPasses")) {
      var report = run(with("publish: " + policy + "\n  limits: {maxBytesBilledPerTable: 1Gi}"));
      assertThat(report.message()).contains("able week would read 2.0 GiB", "PerTable");
      assertThat(report.limited()).isPresent();
      assertThat(marts.effects).doesNotContainKey("publish week");
    }
  }

  /** Whatever it costs meanwhile: half of the tables of yesterday would be worse. */
  @Test
  void aRunThatWasKilledBetweenItsPublishesIsNeverStoppedForMoney() {
    marts.after =
        call -> {
          if (call.equals("publish day")) {
            throw new Died();
          }
        };
    org.assertj.core.api.Assertions.assertThatThrownBy(
            () -> toTheEnd(with("limits: {maxBytesBilledPerRun: 1Gi}")))
        .isInstanceOf(Died.class);
    marts.after = _ -> {};
    marts.publishing.put("week", 2L << 30);
    assertThat(run(with("limits: {maxBytesBilledPerRun: 1Gi}")).result())
        .isEqualTo(RunOutcome.SUCCEEDED);
  }

  /** Four tables are checked at once, and what is left is enough for the checks of one. */
  @Test
  void checksOfTablesThatAreBuiltAtOnceDoNotEachSpendTheSameRest() throws Exception {
    var tables = new StringBuilder();
    for (var name : List.of("a", "b", "c", "d")) {
      tables.append(
          """
            - name: %s
              sql: {inline: "SELECT 1 AS x FROM raw.reservations"}
              checks: [{name: key, type: Unique, columns: [x]}]
          """
              .formatted(name)
              .indent(2));
      marts.checking.put(name, 3L << 30);
    }
    var mart =
        Marts.mart(
            Marts.SMALL.substring(0, Marts.SMALL.indexOf("  tables:"))
                + "  limits: {maxBytesBilledPerRun: 4Gi}\n  parallelism: 4\n  tables:\n"
                + tables);
    var built = new java.util.concurrent.CountDownLatch(4);
    marts.after =
        call -> {
          if (call.startsWith("build")) {
            built.countDown();
            awaitAll(built);
          }
        };
    var report = run(mart);
    assertThat(report.bytes()).isEqualTo((3L << 30) + 40);
    assertThat(report.reason()).isEqualTo("CheckBroken");
    assertThat(report.message()).contains("would read 3.0 GiB, the run has used 3.0 GiB already");
    assertThat(report.limited()).isPresent();
  }

  private static void awaitAll(java.util.concurrent.CountDownLatch latch) {
    try {
      assertThat(latch.await(30, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** One that has no room beside another waits for what that one gives back. */
  @Test
  void whatFitsWhenTheOthersHaveEndedIsNotRefused() {
    var budget =
        new RunBudget(
            java.util.Optional.of(100L),
            java.util.Optional.empty(),
            new SharedBudget(java.util.Optional.empty(), 0));
    var first = budget.take("a", "Table a", new Cost(60, false));
    assertThat(first.most()).as("it may be a little more than estimated").isEqualTo(100);
    var waiting =
        java.util.concurrent.CompletableFuture.supplyAsync(
            () -> budget.take("b", "Table b", new Cost(36, false)).most());
    assertThat(waiting).isNotDone();
    first.billed(60);
    assertThat(waiting.orTimeout(30, java.util.concurrent.TimeUnit.SECONDS).join()).isEqualTo(40);
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

  /** At 05:30 nobody is there to request another run. */
  @ParameterizedTest
  @ValueSource(strings = {"dataset store", "build day", "check day", "publish week"})
  void anOutageOfTwoHoursDelaysTheRunAndNoMore(String call) {
    marts.before =
        it -> {
          if (it.equals(call) && clock.instant().isBefore(NOW.plus(Duration.ofHours(2)))) {
            throw new RetryableFailure(WarehouseReason.WAREHOUSE_UNREACHABLE, "503");
          }
        };
    assertThat(run(Marts.small()).result()).isEqualTo(RunOutcome.SUCCEEDED);
    assertThat(clock.instant()).isBefore(NOW.plus(Duration.ofMinutes(126)));
    assertThat(marts.effects.values()).containsOnly(1);
  }

  @Test
  void aRunThatIsCancelledInAnOutageEndsAtOnce() {
    marts.before =
        it -> {
          if (it.equals("build day")) {
            if (clock.instant().isAfter(NOW.plus(Duration.ofMinutes(10)))) {
              progress.cancel();
            }
            throw new RetryableFailure(WarehouseReason.WAREHOUSE_UNREACHABLE, "503");
          }
        };
    assertThat(run(Marts.small()).result()).isEqualTo(RunOutcome.CANCELLED);
    assertThat(clock.instant()).isBefore(NOW.plus(Duration.ofMinutes(16)));
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
