package dev.naru.operator.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.bigquery.WarehouseReason;
import dev.naru.bigquery.mart.Check;
import dev.naru.crds.v1alpha1.BackfillRun;
import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.FailedInterval;
import dev.naru.crds.v1alpha1.RunOutcome;
import dev.naru.operator.mart.FakeMarts;
import dev.naru.operator.mart.Intervals;
import dev.naru.operator.mart.MartHistory;
import dev.naru.operator.mart.MartStanding;
import dev.naru.operator.mart.Marts;
import dev.naru.operator.mart.TableLocks;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class BackfillRunnerTest {

  private static final Instant NOW = Instant.parse("2026-11-24T20:30:10Z");
  private static final String FOUR =
      "tables: [day]\nrange: {from: \"2026-01-01\", to: \"2026-01-05\"}";
  private static final List<String> ALL =
      List.of(
          "day 2025-12-31T15:00:00Z",
          "day 2026-01-01T15:00:00Z",
          "day 2026-01-02T15:00:00Z",
          "day 2026-01-03T15:00:00Z");

  private final FakeMarts marts = new FakeMarts();
  private final TableLocks locks = new TableLocks();
  private final Intervals intervals =
      new Intervals(marts, locks, Clock.fixed(NOW, ZoneOffset.UTC), _ -> {});
  private DataMart mart = Marts.small();
  private String id = "b-1";

  /** What stands in status; survives the process. */
  private BackfillProgress.Snapshot stored =
      new BackfillProgress.Snapshot(0, List.of(), 0, 0, Optional.empty(), List.of());

  private BackfillRunner runner;
  private BackfillProgress progress;
  private volatile boolean dead;
  private boolean writes = true;

  private BackfillWork work(String spec) {
    var backfill = Backfills.backfill(spec);
    try {
      var history = Marts.history(mart);
      var plan = BackfillPlan.of(backfill.getSpec(), history, NOW);
      var limits = backfill.getSpec().limits();
      return new BackfillWork(
          new ResourceID("history", "rental"),
          "b-u-1",
          new ResourceID("store", "rental"),
          plan,
          new BackfillRun(id, null, NOW, null, RunOutcome.RUNNING),
          history.contents(plan.tables()),
          Boolean.TRUE.equals(backfill.getSpec().dryRun()),
          limits == null
              ? Optional.empty()
              : Optional.of(limits.maxBytesBilled().getNumericalAmount().longValue()),
          backfill.getSpec().parallelism() == null ? 1 : backfill.getSpec().parallelism());
    } catch (BackfillPlan.Refused e) {
      throw new AssertionError(e);
    }
  }

  private BackfillEnd go(String spec) {
    return go(work(spec));
  }

  /** As the reconciler does: what is new is written down, then what it no longer needs goes. */
  private BackfillEnd go(BackfillWork work) {
    dead = false;
    progress = new BackfillProgress(stored, this::write);
    runner = new BackfillRunner(work, intervals, this::standing, progress, () -> !dead);
    var end = runner.run();
    write();
    return end;
  }

  private MartStanding standing() {
    return new MartStanding.Usable(history());
  }

  private MartHistory history() {
    return Marts.history(mart);
  }

  private void write() {
    if (dead || !writes) {
      return;
    }
    var version = progress.version();
    stored = version.snapshot();
    var over = progress.recorded(version.changes());
    if (!over.isEmpty()) {
      intervals.discard(history(), over);
    }
  }

  private String state() {
    return stored.done() + " done, " + stored.failures().size() + " failed";
  }

  @Test
  void everyIntervalIsBuiltCheckedAndPublishedInItsOrder() {
    var end = go(FOUR);
    assertThat(end.result()).contains(RunOutcome.SUCCEEDED);
    assertThat(end.message())
        .isEqualTo(
            "4 intervals of table day of DataMart store published, 12 rows, 64 bytes billed. Built from them and not again: week; the next run of the mart does that, for tables of type Partitions within its window only");
    assertThat(marts.published).containsExactlyElementsOf(ALL);
    assertThat(marts.effects).containsEntry("build day", 4).doesNotContainKey("build week");
    assertThat(stored.estimate()).contains(40L);
    assertThat(marts.tables.keySet())
        .as("nothing staged is left")
        .containsExactly("naru-local.store.day");
  }

  @Test
  void theNewestMayComeFirst() {
    go(FOUR + "\norder: NewestFirst");
    assertThat(marts.published).containsExactlyElementsOf(ALL.reversed());
  }

  @Test
  void parentsComeBeforeTheirChildrenInEachInterval() {
    mart = Backfills.mart();
    go("tables: [month, day]\nrange: {from: \"2026-01-01\", to: \"2026-03-01\"}");
    assertThat(marts.published)
        .containsExactly(
            "day 2025-12-31T15:00:00Z",
            "month 2025-12-31T15:00:00Z",
            "day 2026-01-31T15:00:00Z",
            "month 2026-01-31T15:00:00Z");
    assertThat(marts.calls.indexOf("build day")).isLessThan(marts.calls.indexOf("build month"));
  }

  @Test
  void throughAViewTheParentIsPublishedFirst() {
    mart = Backfills.mart();
    go("tables: [day, afterlook]\nrange: {from: \"2026-01-01\", to: \"2026-01-02\"}");
    assertThat(marts.calls.indexOf("publish day"))
        .isLessThan(marts.calls.indexOf("build afterlook"))
        .isNotNegative();
  }

  @Test
  void aDryRunTellsAndBuildsNothing() {
    marts.bytes.put("raw.reservations", 3L << 30);
    var end = go(FOUR + "\ndryRun: true");
    assertThat(end.result()).contains(RunOutcome.SUCCEEDED);
    assertThat(end.reason()).isEqualTo("Estimated");
    assertThat(end.message())
        .isEqualTo(
            "4 intervals of table day of DataMart store would read 12.0 GiB; nothing was built");
    assertThat(marts.effects).isEmpty();
  }

  @Test
  void moreThanTheLimitIsRefusedBeforeAnythingIsSpent() {
    marts.bytes.put("raw.reservations", 3L << 30);
    var end = go(FOUR + "\nlimits: {maxBytesBilled: 10Gi}");
    assertThat(end.result()).contains(RunOutcome.FAILED);
    assertThat(end.reason()).isEqualTo("LimitExceeded");
    assertThat(end.message())
        .startsWith(
            "4 intervals of table day of DataMart store would read 12.0 GiB, and spec.limits.maxBytesBilled allows 10.0 GiB. Nothing was spent.");
    // the process may die before the end is written down
    assertThat(stored.estimate()).isEmpty();
    assertThat(go(FOUR + "\nlimits: {maxBytesBilled: 10Gi}").reason()).isEqualTo("LimitExceeded");
    assertThat(marts.effects).isEmpty();
  }

  @Test
  void anIntervalAboveTheLimitOfTheMartIsRefusedBeforeAnythingIsSpent() {
    marts.bytes.put("raw.reservations", 3L << 30);
    mart =
        Marts.mart(
            Marts.SMALL.replace("  tables:", "  limits: {maxBytesBilledPerRun: 1Gi}\n  tables:"));
    var end = go(FOUR);
    assertThat(end.reason()).isEqualTo("LimitExceeded");
    assertThat(end.message())
        .startsWith(
            "Interval 2026-01-01 to 2026-01-02 would read 3.0 GiB, and spec.limits.maxBytesBilledPerRun of DataMart store allows 1.0 GiB");
    assertThat(marts.effects).isEmpty();
  }

  @Test
  void theLimitHoldsWhenQueriesCostMoreThanTheirDryRunsAndGoesOnWhenRaised() {
    // an interval is estimated at 10 bytes and billed 16
    var end = go(FOUR + "\nlimits: {maxBytesBilled: 45}");
    assertThat(end.reason()).isEqualTo("LimitExceeded");
    assertThat(end.message())
        .isEqualTo(
            "Stopped after 3 of 4 intervals: they were billed for 48 bytes, and the next would exceed the 45 bytes that spec.limits.maxBytesBilled allows. Raise the limit, and it goes on");
    assertThat(marts.published).hasSize(3);
    assertThat(go(FOUR + "\nlimits: {maxBytesBilled: 200}").result())
        .contains(RunOutcome.SUCCEEDED);
    assertThat(marts.published).containsExactlyElementsOf(ALL);
  }

  @Test
  void theNextOnesAreBuiltThoughOneFailsAndOnlyThatOneIsBuiltAgainOnRequest() {
    failChecksOf("build day", 2);
    var end = go(FOUR);
    assertThat(end.reason()).isEqualTo("IntervalsFailed");
    assertThat(end.message())
        .contains("3 of 4 intervals are published. 1 failed, the first from 2026-01-01T15:00:00Z")
        .contains("2 keys twice; see them with: SELECT 1", "naru.dev/run-requested-at");
    assertThat(state()).isEqualTo("3 done, 1 failed");
    assertThat(marts.published).doesNotContain(ALL.get(1)).hasSize(3);
    marts.before = _ -> {};
    marts.found.clear();
    id = "b-2";
    assertThat(go(FOUR).result()).contains(RunOutcome.SUCCEEDED);
    assertThat(marts.published).hasSize(4).endsWith(ALL.get(1));
    assertThat(state()).isEqualTo("4 done, 0 failed");
    assertThat(marts.effects).containsEntry("build day", 5);
  }

  /** Only the interval that is built as number so-and-so. */
  private void failChecksOf(String call, int number) {
    var count = new AtomicInteger();
    marts.before =
        it -> {
          if (it.equals(call)) {
            if (count.incrementAndGet() == number) {
              marts.found.put("key", new Check.Result.Failed("key", 2, "2 keys twice", "SELECT 1"));
            } else {
              marts.found.clear();
            }
          }
        };
  }

  @Test
  void whatFailsAgainAndAgainIsNotTriedForEver() {
    marts.before =
        it -> {
          if (it.equals("build day")) {
            throw new ActionNeededFailure(WarehouseReason.WAREHOUSE_ACCESS_DENIED, "no right.");
          }
        };
    var end = go("tables: [day]\nrange: {from: \"2026-01-01\", to: \"2026-03-01\"}");
    assertThat(end.message()).startsWith("Stopped after 20 failures, 0 of 59 intervals.");
    assertThat(stored.failures())
        .hasSize(BackfillRunner.MAX_FAILURES)
        .extracting(FailedInterval::reason)
        .containsOnly("WarehouseAccessDenied");
  }

  @Test
  void aPauseFinishesWhatIsBuiltAndGoesOnThere() {
    marts.after = once("check day", () -> runner.pause());
    assertThat(go(FOUR).result()).isEmpty();
    assertThat(marts.published).containsExactly(ALL.getFirst());
    assertThat(go(FOUR).result()).contains(RunOutcome.SUCCEEDED);
    assertThat(marts.published).containsExactlyElementsOf(ALL);
    assertThat(marts.effects).containsEntry("build day", 4);
  }

  @Test
  void aCancelStopsWhatIsBuiltAndPublishesNothingMore() {
    marts.after = once("build day", () -> runner.cancel());
    var end = go(FOUR);
    assertThat(end.result()).contains(RunOutcome.CANCELLED);
    assertThat(end.message()).startsWith("Stopped by request after 0 of 4 intervals;");
    assertThat(marts.published).isEmpty();
  }

  @Test
  void aBackfillThatIsDeletedStops() {
    marts.after = once("build day", () -> dead = true);
    assertThat(go(FOUR).result()).isEmpty();
    assertThat(marts.published).isEmpty();
  }

  @Test
  void anotherTextInTheMartStopsIt() {
    marts.after =
        once(
            "publish day",
            () -> mart = Marts.mart(Marts.SMALL.replace("COUNT(*) AS rides", "2 AS rides")));
    var end = go(FOUR);
    assertThat(end.reason()).isEqualTo("MartChanged");
    assertThat(end.message()).contains("changed for table day after 1 of 4 intervals");
    assertThat(marts.published).containsExactly(ALL.getFirst());
  }

  @Test
  void anotherDescriptionOrAnotherTableDoesNot() {
    marts.after =
        once(
            "publish day",
            () ->
                mart =
                    Marts.mart(
                        Marts.SMALL
                            .replace("SUM(rides)", "MAX(rides)")
                            .replace("- name: day", "- name: day\n    description: rides")));
    assertThat(go(FOUR).result()).contains(RunOutcome.SUCCEEDED);
    assertThat(marts.published).containsExactlyElementsOf(ALL);
  }

  @Test
  void aRunOfTheMartWaitsForOneIntervalOnly() throws Exception {
    var ran = new ArrayList<String>();
    var threads = new ArrayList<Thread>();
    marts.after =
        once(
            "build day",
            () ->
                threads.add(
                    Thread.ofVirtual()
                        .start(
                            () -> {
                              try (var _ =
                                  locks
                                      .acquire(
                                          "run",
                                          Set.of("naru-local.store.day"),
                                          () -> true,
                                          other -> ran.add(other))
                                      .orElseThrow()) {
                                ran.add(marts.published.size() + " published");
                              }
                            })));
    var waits = marts.after;
    marts.after =
        it -> {
          waits.accept(it);
          if (it.equals("check day")) {
            await(() -> !ran.isEmpty());
          }
        };
    assertThat(go(FOUR).result()).contains(RunOutcome.SUCCEEDED);
    threads.getFirst().join();
    assertThat(ran).containsExactly("Backfill rental/history", "1 published");
  }

  @Test
  void anIntervalWaitsForTheRunOfTheMartThatWritesItsTable() throws Exception {
    var run = locks.acquire("run s-1", Set.of("naru-local.store.day"), () -> true, _ -> {});
    var end = new ArrayList<BackfillEnd>();
    var thread = Thread.ofVirtual().start(() -> end.add(go(FOUR)));
    await(() -> stored.running().equals(List.of("2026-01-01 to 2026-01-02, waits for run s-1")));
    assertThat(marts.effects).isEmpty();
    run.orElseThrow().close();
    thread.join();
    assertThat(end.getFirst().result()).contains(RunOutcome.SUCCEEDED);
  }

  private static void await(java.util.function.BooleanSupplier what) {
    for (var i = 0; i < 1000 && !what.getAsBoolean(); i++) {
      try {
        Thread.sleep(5);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
    assertThat(what.getAsBoolean()).isTrue();
  }

  @Test
  void severalAreBuiltAtOnceAndPublishedOneAfterTheOther() {
    var open = new AtomicInteger();
    var most = new AtomicInteger();
    var builds = new AtomicInteger();
    marts.before =
        it -> {
          if (it.equals("build day")) {
            builds.incrementAndGet();
            await(() -> builds.get() >= 2);
          }
          if (it.equals("publish day")) {
            most.accumulateAndGet(open.incrementAndGet(), Math::max);
          }
        };
    marts.after =
        it -> {
          if (it.equals("publish day")) {
            open.decrementAndGet();
          }
        };
    assertThat(go(FOUR + "\nparallelism: 2").result()).contains(RunOutcome.SUCCEEDED);
    assertThat(marts.published).containsExactlyInAnyOrderElementsOf(ALL);
    assertThat(most).hasValue(1);
  }

  @Test
  void whatAMartPublishedMeanwhileIsNotReplacedByAnOlderCandidate() {
    writes = false;
    marts.after = once("build day", () -> dead = true);
    go(FOUR);
    assertThat(marts.effects).containsEntry("build day", 1);
    // while nobody led, a run of the mart published the same partitions
    mart = Marts.published(Marts.small(), Instant.parse("2026-11-24T15:00:00Z"));
    writes = true;
    marts.after = _ -> {};
    assertThat(go(FOUR).result()).contains(RunOutcome.SUCCEEDED);
    assertThat(marts.effects).as("built again").containsEntry("build day", 5);
  }

  @Test
  void aProcessMayDieBeforeAndAfterEveryCall() {
    for (var parallelism : List.of(1, 2)) {
      var spec = FOUR + "\nparallelism: " + parallelism;
      var whole = new BackfillRunnerTest();
      whole.go(spec);
      var calls = whole.marts.calls.size();
      assertThat(calls).isGreaterThan(20);
      for (var at = 0; at < calls; at++) {
        for (var afterwards : List.of(true, false)) {
          for (var writes : List.of(true, false)) {
            var test = new BackfillRunnerTest();
            test.dieAt(spec, at, afterwards, writes);
            var as = "died at call %d of %d, parallelism %d".formatted(at, calls, parallelism);
            assertThat(test.marts.published).as(as).containsExactlyInAnyOrderElementsOf(ALL);
            assertThat(test.marts.effects).as(as).containsEntry("build day", 4);
            assertThat(test.stored.rows()).as(as).isEqualTo(12);
            assertThat(test.stored.bytes()).as(as).isEqualTo(whole.stored.bytes());
          }
        }
      }
    }
  }

  /** Every call after that of this number throws; a new process finds what status holds. */
  private void dieAt(String spec, int at, boolean afterwards, boolean writing) {
    var count = new AtomicInteger();
    Consumer<String> dying =
        _ -> {
          if (count.getAndIncrement() >= at) {
            dead = true;
            throw new ActionNeededFailure(WarehouseReason.JOB_FAILED, "the process is gone");
          }
        };
    writes = writing;
    if (afterwards) {
      marts.after = dying;
    } else {
      marts.before = dying;
    }
    try {
      go(spec);
    } catch (RuntimeException e) {
      assertThat(dead).as(e.toString()).isTrue();
    }
    marts.before = _ -> {};
    marts.after = _ -> {};
    writes = true;
    assertThat(go(spec).result()).contains(RunOutcome.SUCCEEDED);
  }

  @Test
  void dryRunsAreSpreadOverMany() {
    assertThat(BackfillEstimate.spread(3)).containsExactly(0, 1, 2);
    assertThat(BackfillEstimate.spread(3650))
        .hasSize(BackfillEstimate.MAX_DRY_RUNS)
        .startsWith(0)
        .endsWith(3649)
        .doesNotHaveDuplicates();
  }

  private static Consumer<String> once(String call, Runnable what) {
    var done = new AtomicInteger();
    return it -> {
      if (it.equals(call) && done.getAndIncrement() == 0) {
        what.run();
      }
    };
  }
}
