package dev.naru.operator.mart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.naru.crds.v1alpha1.Condition;
import dev.naru.crds.v1alpha1.ConditionStatus;
import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.MartTablePlan;
import dev.naru.operator.status.Outcome;
import dev.naru.operator.status.Readiness;
import dev.naru.sql.Analysis;
import dev.naru.sql.Answer;
import dev.naru.sql.References;
import dev.naru.sql.SqlAnalyzer;
import dev.naru.sql.Statement;
import dev.naru.sql.TableSchema;
import io.javaoperatorsdk.operator.processing.event.Event;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a mart's conditions say of its SQL, also when the analyzer's process is dead. */
final class MartPlansTest {

  private final FakeMarts marts = new FakeMarts();
  private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final Analyzer analyzer = new Analyzer();
  private final DataMart mart = Marts.small();
  private final MartPlans plans =
      new MartPlans(
          new MartPlanner(marts, analyzer, new TableLocks(), Clock.systemUTC()),
          _ -> 0,
          Clock.systemUTC());
  private Instant now = Instant.parse("2026-11-24T20:30:10Z");

  MartPlansTest() {
    plans.answers().setEventHandler(events::add);
    plans.answers().start();
    for (var table : List.of("store.day", "store.week", "raw.reservations")) {
      marts.tables.put("naru-local." + table, "there");
    }
  }

  /** Lives or is dead; alive it leaves all to BigQuery. */
  private static final class Analyzer implements SqlAnalyzer {
    private volatile boolean dead;

    private <T> Answer<T> answer() {
      return dead
          ? new Answer.Unknown<>(Answer.Cause.ABSENT, "the SQL analyzer does not run")
          : new Answer.Unknown<>(Answer.Cause.BEYOND, "beyond it");
    }

    @Override
    public Answer<References> references(Statement statement) {
      return answer();
    }

    @Override
    public Answer<Analysis> analyze(Statement statement, List<TableSchema> catalog) {
      return answer();
    }
  }

  /** One look, an hour after the one before; what it finds becomes status. */
  private Condition look() throws InterruptedException {
    now = now.plus(Duration.ofHours(1));
    while (true) {
      var step = new MartStep(mart, Clock.fixed(now, ZoneOffset.UTC));
      var outcome = plans.judge(step, Marts.resolved(mart), Marts.around(mart));
      if (outcome.filter(Outcome.Done.class::isInstance).isPresent()) {
        Readiness.report(step.conditions, outcome.get());
        mart.setStatus(MartStatus.of(step));
        return step.conditions.get("SqlAnalyzed").orElseThrow();
      }
      assertThat(events.poll(30, TimeUnit.SECONDS)).as("an answer").isNotNull();
    }
  }

  @Test
  void sqlThatTheAnalyzerHasSeenIsKnownAlsoWhenItIsDead() throws InterruptedException {
    var before = look();
    assertThat(before.status()).isEqualTo(ConditionStatus.TRUE);
    analyzer.dead = true;
    assertThat(look()).as("nothing is written").isEqualTo(before);
  }

  @Test
  void theAnalyzerThatDoesNotListenYetIsAskedAgainWithinSeconds() throws InterruptedException {
    analyzer.dead = true;
    assertThat(look().status()).isEqualTo(ConditionStatus.UNKNOWN);
    analyzer.dead = false;
    var until = Instant.now().plusSeconds(30);
    while (now(until) != ConditionStatus.TRUE) {
      Thread.sleep(100);
    }
  }

  /** What is known in the same hour. */
  private ConditionStatus now(Instant until) {
    assertThat(Instant.now()).isBefore(until);
    var step = new MartStep(mart, Clock.fixed(now, ZoneOffset.UTC));
    plans.judge(step, Marts.resolved(mart), Marts.around(mart));
    return step.conditions.get("SqlAnalyzed").orElseThrow().status();
  }

  @Test
  void anInstallationWithoutAnAnalyzerIsNotAskedForIt() {
    var planner = new MartPlanner(marts, SqlAnalyzer.NONE, new TableLocks(), Clock.systemUTC());
    var spec = mart.getSpec();
    var run = MartTrigger.supposed(spec, now).run(now);
    var next = RunPlan.of(Marts.resolved(mart), spec, run, List.of());
    var answer =
        planner.look(new MartPlanner.Question(next, List.of(), List.of(), Set.of(), Set.of()));
    assertThat(MartPlans.settled(answer)).isTrue();
    assertThat(((PlanAnswer.Planned) answer).seen()).isEqualTo(PlanAnswer.Seen.WITHOUT_ANALYZER);
  }

  @Test
  void withoutTheAnalyzerNewSqlIsCheckedByDryRunsOnlyUntilItIsBack() throws InterruptedException {
    analyzer.dead = true;
    var unknown = look();
    assertThat(unknown.status()).isEqualTo(ConditionStatus.UNKNOWN);
    assertThat(unknown.reason()).isEqualTo("NotAnalyzed");
    assertThat(unknown.message())
        .isEqualTo(
            "All 2 queries are valid by BigQuery's dry runs, and by nothing else: the SQL analyzer does not run");
    assertThat(look()).as("nothing is written").isEqualTo(unknown);
    analyzer.dead = false;
    assertThat(look().status()).isEqualTo(ConditionStatus.TRUE);
  }

  /** Written with the run that changes it, not with the look that comes later. */
  @Test
  void whatIsRebuiltIsKeptUpToDateWithoutAnotherLook() throws InterruptedException {
    Marts.published(mart, Instant.parse("2026-11-22T15:00:00Z"));
    look();
    assertThat(mart.getStatus().plan().tables())
        .extracting(MartTablePlan::name, MartTablePlan::rebuilds)
        .containsExactly(
            tuple("day", "3 partitions, 2026-11-22 to 2026-11-24"), tuple("week", "all rows"));
    var through = Instant.parse("2026-11-24T15:00:00Z");
    var step = new MartStep(mart, Clock.fixed(now, ZoneOffset.UTC));
    step.tables = Marts.published(Marts.small(), through).getStatus().tables();
    step.lastSchedule = Optional.of(Instant.parse("2026-11-24T20:30:00Z"));
    mart.setStatus(MartStatus.of(step));
    var calls = marts.calls.size();
    step = new MartStep(mart, Clock.fixed(now, ZoneOffset.UTC));
    plans.judge(step, Marts.resolved(mart), Marts.around(mart));
    assertThat(step.plan.orElseThrow().tables().getFirst().rebuilds())
        .isEqualTo("3 partitions, 2026-11-23 to 2026-11-25");
    assertThat(marts.calls).as("nobody was asked").hasSize(calls);
  }
}
