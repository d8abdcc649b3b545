package dev.naru.operator.mart;

import static dev.naru.crds.v1alpha1.ConditionTypes.READY;
import static dev.naru.crds.v1alpha1.ConditionTypes.SQL_ANALYZED;

import dev.naru.crds.v1alpha1.Condition;
import dev.naru.crds.v1alpha1.ConditionStatus;
import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.DeletionPolicy;
import dev.naru.crds.v1alpha1.MartPlan;
import dev.naru.crds.v1alpha1.MartRun;
import dev.naru.crds.v1alpha1.RunOutcome;
import dev.naru.operator.kube.Background;
import dev.naru.operator.schedule.Standing;
import dev.naru.operator.status.EventReason;
import dev.naru.operator.status.Notice;
import dev.naru.operator.status.Outcome;
import dev.naru.operator.status.Reason;
import dev.naru.runfile.Hashes;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * What SQL and BigQuery say of each mart. They are asked when something changed that may change the
 * answer: the mart, a run or Backfill of it, what it reads, or the hour.
 */
final class MartPlans {

  /** So often dataset and tables are compared with what is declared. */
  private static final Duration BETWEEN_LOOKS = Duration.ofHours(1);

  private final MartPlanner planner;
  private final ToIntFunction<ResourceID> builds;
  private final Background<PlanAnswer, DataMart> answers;

  /**
   * @param builds another number means that somebody else than a run has published
   */
  MartPlans(MartPlanner planner, ToIntFunction<ResourceID> builds, Clock clock) {
    this.planner = planner;
    this.builds = builds;
    this.answers = new Background<>(PlanAnswer.class, "datamart-plan", clock, MartPlans::broken);
  }

  /** Wakes the reconciler with each answer. */
  Background<PlanAnswer, DataMart> answers() {
    return answers;
  }

  /** Forgets a mart that is gone. */
  void forget(ResourceID who) {
    answers.forget(who);
  }

  private static PlanAnswer broken(Throwable mistake) {
    return new PlanAnswer.Unknown(
        MartReason.BROKEN.code(),
        "the operator itself failed at the plan, see its log: " + mistake);
  }

  /**
   * Asks, and fills plan and conditions with what was answered.
   *
   * @return empty while nothing is known of a generation that was fine before: nothing flaps when
   *     the operator starts again
   */
  Optional<Outcome> judge(MartStep step, ResolvedMart mart, MartSurroundings around) {
    step.lookAgainAt(lastLook(step).plus(BETWEEN_LOOKS));
    var answer = ask(step, mart, around);
    answer.flatMap(Background.Answer::retryAt).ifPresent(step::lookAgainAt);
    var outcome = answer.map(it -> outcome(step, it.value()));
    // also without a new answer: runs end, and firings come
    step.plan =
        step.plan.map(
            it ->
                it.fingerprint().equals(mart.fingerprint())
                    ? it.withTables(MartRebuilds.of(step, mart))
                    : it);
    return outcome.isPresent() || judged(step, mart.fingerprint())
        ? outcome
        : Optional.of(Outcome.Wait.on(Reason.CHECKING, "Looking at the SQL and at BigQuery"));
  }

  private Optional<Background.Answer<PlanAnswer>> ask(
      MartStep step, ResolvedMart mart, MartSurroundings around) {
    var spec = step.mart.getSpec();
    var readers =
        MartReaders.of(
            step.mart, mart.tables().stream().map(ResolvedMart.Table::name).toList(), around);
    var doomed = spec.deletionPolicy() == DeletionPolicy.DELETE ? step.orphans : List.<String>of();
    // after a run, or the first load of what is read, there are other tables
    var loaded =
        mart.upstreams().stream()
            .filter(it -> it.dataThrough().isPresent())
            .map(ResolvedMart.Upstream::table)
            .toList();
    var ran =
        step.lastRun.filter(it -> it.result() != RunOutcome.RUNNING).map(MartRun::id).orElse("");
    var now = step.now;
    var tables = List.copyOf(step.tables);
    var unpublished = MartRows.unpublished(step);
    return answers.ask(
        step.who,
        String.join(
            " ",
            step.mart.getMetadata().getUid(),
            mart.fingerprint(),
            ran,
            String.valueOf(builds.applyAsInt(step.who)),
            loaded.toString(),
            Hashes.sha256Hex(readers.toString()),
            doomed.toString(),
            unpublished.toString(),
            lastLook(step).toString()),
        () -> {
          var run = MartTrigger.supposed(spec, now).run(now);
          var next = RunPlan.of(mart, spec, run, tables);
          return planner.look(
              new MartPlanner.Question(next, readers, doomed, around.filled(), unpublished));
        },
        MartPlans::settled);
  }

  /**
   * What is mended in BigQuery is not seen from here, and so asked about within minutes; so is an
   * analyzer that does not listen yet.
   */
  static boolean settled(PlanAnswer answer) {
    return switch (answer) {
      case PlanAnswer.Planned planned -> planned.seen() != PlanAnswer.Seen.BEFORE_ANALYZER;
      case PlanAnswer.Refused refused -> !refused.again();
      case PlanAnswer.Unknown _ -> false;
    };
  }

  /** Each mart has its own minute of the hour: many are not looked at all at once. */
  private static Instant lastLook(MartStep step) {
    var share = Math.floorMod(step.mart.getMetadata().getUid().hashCode(), 3600);
    return step.now.minusSeconds(share).truncatedTo(ChronoUnit.HOURS).plusSeconds(share);
  }

  /** Whether status holds a judgement of this very spec and SQL. */
  private static boolean judged(MartStep step, String fingerprint) {
    return step.plan.map(MartPlan::fingerprint).filter(fingerprint::equals).isPresent()
        && step.conditions
            .get(READY)
            .map(Condition::observedGeneration)
            .filter(step.mart.getMetadata().getGeneration()::equals)
            .isPresent();
  }

  /** What the analyzer once said of the same SQL holds when it is away: nothing flaps. */
  private static void analyzed(MartStep step, PlanAnswer.Planned answer) {
    var known =
        step.conditions.isTrue(SQL_ANALYZED)
            && step.plan
                .map(MartPlan::fingerprint)
                .filter(answer.plan().fingerprint()::equals)
                .isPresent();
    switch (answer.seen()) {
      case WHOLLY ->
          step.conditions.set(
              SQL_ANALYZED, ConditionStatus.TRUE, MartReason.VALID.code(), answer.analyzed());
      case WITHOUT_ANALYZER, BEFORE_ANALYZER -> {
        if (!known) {
          notAnalyzed(step, answer);
        }
      }
      case IN_PART -> notAnalyzed(step, answer);
    }
  }

  private static void notAnalyzed(MartStep step, PlanAnswer.Planned answer) {
    step.conditions.set(
        SQL_ANALYZED, ConditionStatus.UNKNOWN, MartReason.NOT_ANALYZED.code(), answer.analyzed());
  }

  private static Outcome outcome(MartStep step, PlanAnswer answer) {
    return switch (answer) {
      case PlanAnswer.Planned it -> {
        analyzed(step, it);
        step.plan = Optional.of(it.plan());
        step.orphans = step.orphans.stream().filter(name -> !it.gone().contains(name)).toList();
        MartRows.remember(step, it.past());
        it.repaired()
            .forEach(
                what ->
                    step.notices.add(
                        Notice.normal(EventReason.REPAIRED, what, what + step.conditions.now())));
        yield Standing.of(step.mart.getSpec().schedule(), step.mart.getSpec().suspend());
      }
      case PlanAnswer.Refused it -> {
        it.plan().ifPresent(plan -> step.plan = Optional.of(plan));
        if (it.sql()) {
          step.conditions.set(SQL_ANALYZED, ConditionStatus.FALSE, it.reason(), it.message());
        }
        yield new Outcome.Fail(it.reason(), it.message());
      }
      case PlanAnswer.Unknown it -> {
        step.conditions.set(SQL_ANALYZED, ConditionStatus.UNKNOWN, it.reason(), it.message());
        yield new Outcome.Done(
            Reason.UNREACHABLE, "Accepted, but there is no answer yet: " + it.message());
      }
    };
  }
}
