package dev.naru.operator.mart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.bigquery.RetryableFailure;
import dev.naru.bigquery.WarehouseReason;
import dev.naru.bigquery.mart.MartWarehouse;
import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.MartRun;
import dev.naru.crds.v1alpha1.RunOutcome;
import dev.naru.sql.SqlAnalyzer;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What BigQuery refuses, and what happens twice. Requests and their faults: MartFaultsTest. */
final class MartBadDaysTest {

  private static final Instant NOW = Instant.parse("2026-11-24T20:30:10Z");
  private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
  private static final Instant END = Instant.parse("2026-11-24T15:00:00Z");

  private final FakeMarts marts = new FakeMarts();
  private final TableLocks locks = new TableLocks();

  private static RunPlan plan(DataMart mart) {
    var run = new MartRun("s-1", NOW, null, END, NOW, null, RunOutcome.RUNNING, null, null, null);
    return RunPlan.of(Marts.resolved(mart), mart.getSpec(), run, List.of());
  }

  private RunReport run(RunPlan plan) {
    try (var warehouse = marts.open(plan.mart().warehouse(), plan.mart().owner(), NOW)) {
      var clock = new WaitedClock(NOW);
      var progress = new RunProgress(plan, () -> {}, () -> true);
      return new MartRunner(plan, warehouse, progress, clock, clock).run();
    }
  }

  private PlanAnswer look() {
    return new MartPlanner(marts, SqlAnalyzer.NONE, locks, CLOCK)
        .look(
            new MartPlanner.Question(
                plan(Marts.small()), List.of(), List.of(), Set.of("raw.reservations"), Set.of()));
  }

  /** 403: no right. Nothing is tried again, and what was not published stays as it was. */
  @ParameterizedTest
  @ValueSource(strings = {"dataset store", "estimate", "build day", "check day", "publish day"})
  void whatARunHasNoRightToIsTold(String call) {
    marts.tables.put("naru-local.store.week", "yesterday");
    var asked = new AtomicInteger();
    marts.before =
        it -> {
          if (it.equals(call)) {
            asked.incrementAndGet();
            throw new ActionNeededFailure(WarehouseReason.WAREHOUSE_ACCESS_DENIED, "no right");
          }
        };
    var report = run(plan(Marts.small()));
    assertThat(report.result()).isEqualTo(RunOutcome.FAILED);
    assertThat(report.reason()).isEqualTo("WarehouseAccessDenied");
    assertThat(report.message()).contains("no right");
    assertThat(asked).hasValue(1);
    assertThat(marts.tables).containsEntry("naru-local.store.week", "yesterday");
  }

  /** 429 and 503 that outlast the run: the step is tried again until its end, then told. */
  @ParameterizedTest
  @ValueSource(strings = {"dataset store", "estimate", "build day", "check day", "publish day"})
  void whatDoesNotAnswerIsTriedAgainAndThenTold(String call) {
    var asked = new AtomicInteger();
    var healed = new AtomicBoolean();
    marts.before =
        it -> {
          if (it.equals(call) && !healed.get()) {
            asked.incrementAndGet();
            throw new RetryableFailure(WarehouseReason.WAREHOUSE_UNREACHABLE, "503");
          }
        };
    assertThat(run(plan(Marts.small())).reason()).isEqualTo("WarehouseUnreachable");
    assertThat(asked.get()).as("four hours, at most five minutes apart").isBetween(48, 120);
    healed.set(true);
    assertThat(run(plan(Marts.small())).result()).isEqualTo(RunOutcome.SUCCEEDED);
    assertThat(marts.effects.values()).containsOnly(1);
  }

  @Test
  void aDatasetThatIsNotOursStallsTheMartUntilItIsAdopted() {
    marts.before =
        it -> {
          if (it.equals("dataset store")) {
            throw new ActionNeededFailure(
                WarehouseReason.TARGET_NOT_OWNED, "Set spec.dataset.adopt: true to take it over");
          }
        };
    assertThat(look())
        .isInstanceOfSatisfying(
            PlanAnswer.Refused.class,
            it -> {
              assertThat(it.reason()).isEqualTo("TargetNotOwned");
              assertThat(it.message()).contains("spec.dataset.adopt: true");
              assertThat(it.sql()).isFalse();
            });
  }

  /** A run or Backfill that works on a table keeps it as declared itself. */
  @Test
  void aLookRepairsOnlyTablesThatNobodyWorksOn() {
    run(plan(Marts.small()));
    marts.calls.clear();
    var day = plan(Marts.small()).table("day").table().target().id();
    try (var _ =
        locks.acquire("Backfill x", Set.of(day.toString()), () -> true, _ -> {}).orElseThrow()) {
      assertThat(look()).isInstanceOf(PlanAnswer.Planned.class);
      assertThat(marts.calls).contains("govern week").doesNotContain("govern day");
    }
    look();
    assertThat(marts.calls).contains("govern day");
    assertThat(locks.acquire("run y", Set.of(day.toString()), () -> false, _ -> {}))
        .as("a look leaves nothing locked")
        .isPresent();
  }

  @Test
  void aPlanWithoutAnAnswerIsAskedAgainAndRefusesNothing() {
    marts.before =
        _ -> {
          throw new RetryableFailure(WarehouseReason.WAREHOUSE_UNREACHABLE, "429");
        };
    assertThat(look()).isEqualTo(new PlanAnswer.Unknown("WarehouseUnreachable", "429"));
  }

  @Test
  void anUnknownTableGetsTheNearestNameWithoutTheAnalyzer() {
    var sql = Marts.SMALL.replace("raw.reservations", "raw.reservation");
    marts.before =
        it -> {
          if (it.equals("estimate")) {
            throw new ActionNeededFailure(
                WarehouseReason.TABLE_NOT_FOUND, "Not found: Table naru-local:raw.reservation");
          }
        };
    var question =
        new MartPlanner.Question(
            plan(Marts.mart(sql)),
            List.of(),
            List.of(),
            Set.of("raw.reservations", "store.day"),
            Set.of());
    assertThat(new MartPlanner(marts, SqlAnalyzer.NONE, locks, CLOCK).look(question))
        .isInstanceOfSatisfying(
            PlanAnswer.Refused.class,
            it ->
                assertThat(it.message())
                    .isEqualTo(
                        "spec.tables[1].sql: Not found: Table naru-local:raw.reservation; did you mean 'raw.reservations'?"));
  }

  @Test
  void aNameInTheManifestThatIsNoColumnStopsTheMartBeforeItsFirstRun() {
    marts.tables.put("naru-local.raw.reservations", "there");
    for (var wrong :
        List.of(
            Marts.SMALL.replace("column: day,", "column: dey,"),
            Marts.SMALL.replace("- name: day", "- name: day\n    clusterBy: [dey]"),
            Marts.SMALL.replace(
                "- name: day", "- name: day\n    columns: [{name: dey, description: x}]"))) {
      var question =
          new MartPlanner.Question(
              plan(Marts.mart(wrong)), List.of(), List.of(), Set.of(), Set.of());
      assertThat(new MartPlanner(marts, SqlAnalyzer.NONE, locks, CLOCK).look(question))
          .isInstanceOfSatisfying(
              PlanAnswer.Refused.class,
              it ->
                  assertThat(it.message())
                      .startsWith("spec.tables[1]: ")
                      .contains("'dey'", "which the SQL does not answer. It answers: ", "car_id"));
    }
  }

  @Test
  void aMartThatIsAppliedAgainGoesOnWhereItsTablesStand() {
    var past = new MartWarehouse.Past(END.minusSeconds(86_400), NOW.minusSeconds(60));
    marts.tables.put("naru-local.store.day", "kept");
    marts.tables.put("naru-local.raw.reservations", "there");
    marts.past.put("day", past);
    var mart = Marts.small();
    var step = new MartStep(mart, CLOCK);
    MartRows.align(step);
    assertThat(MartRows.unpublished(step)).containsExactly("day");
    var answer =
        new MartPlanner(marts, SqlAnalyzer.NONE, locks, CLOCK)
            .look(
                new MartPlanner.Question(
                    plan(mart), List.of(), List.of(), Set.of(), MartRows.unpublished(step)));
    assertThat(answer)
        .isInstanceOfSatisfying(PlanAnswer.Planned.class, it -> MartRows.remember(step, it.past()));
    assertThat(MartRows.unpublished(step)).isEmpty();
    var run = new MartRun("s-1", NOW, null, END, NOW, null, RunOutcome.RUNNING, null, null, null);
    var window =
        RunPlan.of(Marts.resolved(mart), mart.getSpec(), run, step.tables).table("day").window();
    assertThat(window.start())
        .as("three days, not since January")
        .isEqualTo(END.minusSeconds(3 * 86_400));
  }

  /** Nobody tells us when it is mended: within minutes it is asked about again. */
  @Test
  void whatIsMendedInBigQueryIsAskedAboutAgain() {
    marts.tables.put("naru-local.raw.reservations", "there");
    for (var reason :
        List.of(
            WarehouseReason.WAREHOUSE_ACCESS_DENIED,
            WarehouseReason.TABLE_NOT_FOUND,
            WarehouseReason.INVALID_QUERY)) {
      for (var call : List.of("estimate", "dataset store")) {
        marts.before =
            it -> {
              if (it.equals(call)) {
                throw new ActionNeededFailure(reason, "no");
              }
            };
        assertThat(look())
            .isInstanceOfSatisfying(
                PlanAnswer.Refused.class,
                it ->
                    assertThat(MartPlans.settled(it))
                        .as("%s %s", reason, call)
                        .isEqualTo(reason == WarehouseReason.INVALID_QUERY));
      }
    }
  }

  @Test
  void anUnknownColumnGetsTheNearestOneUnlessBigQueryNamesIt() {
    var named = SqlNames.distinct("SELECT ride FROM store.day");
    var known = Set.of("store.day");
    assertThat(
            Nearest.ofRefusal(
                "Unrecognized name: ride at [1:8]", named, known, () -> Set.of("rides", "day")))
        .isEqualTo("; did you mean 'rides'?");
    assertThat(
            Nearest.ofRefusal(
                "Unrecognized name: ride; Did you mean rides? at [1:8]",
                named,
                known,
                () -> Set.of("rides")))
        .isEmpty();
    assertThat(Nearest.ofRefusal("Syntax error", named, known, Set::of)).isEmpty();
  }

  /** Both know the same plan; jobs are found by their ids, so each step takes effect once. */
  @Test
  void twoOperatorsForAMomentDoEachStepOnce() throws Exception {
    run(plan(Marts.small()));
    var wanted = Set.copyOf(marts.effects.keySet());
    for (var round = 0; round < 20; round++) {
      var both = new MartBadDaysTest();
      var start = new CyclicBarrier(2);
      var one = CompletableFuture.supplyAsync(() -> both.runAtOnce(start));
      var other = CompletableFuture.supplyAsync(() -> both.runAtOnce(start));
      assertThat(one.get().result()).isEqualTo(RunOutcome.SUCCEEDED);
      assertThat(other.get().result()).isEqualTo(RunOutcome.SUCCEEDED);
      assertThat(both.marts.effects.keySet()).isEqualTo(wanted);
      assertThat(both.marts.effects.values()).containsOnly(1);
    }
  }

  private RunReport runAtOnce(CyclicBarrier start) {
    try {
      start.await();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    return run(plan(Marts.small()));
  }

  @Test
  void theDatasetGoesOnlyWhenItIsEmptyAndWasNotAdopted() {
    marts.tables.put("naru-local.store.day", "ours");
    marts.tables.put("naru-local.store.theirs", "by hand");
    var eraser = new MartEraser(marts, new TableLocks(), CLOCK);
    var mart = Marts.resolved(Marts.small());
    assertThat(eraser.erase(mart.warehouse(), mart.dataset(), List.of("day", "week")))
        .isEqualTo(new MartEraser.Answer.Erased(false));
    assertThat(marts.tables.keySet()).containsExactly("naru-local.store.theirs");
    marts.tables.clear();
    assertThat(eraser.erase(mart.warehouse(), mart.dataset(), List.of("day")))
        .isEqualTo(new MartEraser.Answer.Erased(true));
    var adopted =
        Marts.resolved(
            Marts.mart(Marts.SMALL.replace("dataset: {name", "dataset: {adopt: true, name")));
    assertThat(eraser.erase(adopted.warehouse(), adopted.dataset(), List.of("day")))
        .isEqualTo(new MartEraser.Answer.Erased(false));
  }

  @Test
  void whoReadsIsDeletedBeforeWhatItReadsAlsoWhenNothingElseIsKnown() {
    var mart = Marts.small();
    assertThat(MartDeletion.order(mart, List.of("old"), Marts.around(mart)))
        .containsExactly("old", "week", "day");
    var viewed =
        Marts.mart(
            Marts.SMALL.replace("- name: week", "- name: week\n    materialization: {type: View}"));
    var nothing =
        new MartSurroundings(
            _ -> Optional.empty(),
            _ -> Optional.empty(),
            List.of(),
            List.of(),
            List.of(),
            new NameCache());
    assertThat(MartDeletion.order(viewed, List.of(), nothing)).containsExactly("week", "day");
  }
}
