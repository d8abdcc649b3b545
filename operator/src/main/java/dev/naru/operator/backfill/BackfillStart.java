package dev.naru.operator.backfill;

import dev.naru.crds.v1alpha1.Backfill;
import dev.naru.crds.v1alpha1.BackfillRun;
import dev.naru.crds.v1alpha1.RunOutcome;
import dev.naru.operator.mart.MartBoard;
import dev.naru.operator.mart.MartHistory;
import dev.naru.operator.mart.MartReason;
import dev.naru.operator.mart.MartStanding;
import dev.naru.operator.status.Outcome;
import dev.naru.operator.status.Reason;
import io.javaoperatorsdk.operator.api.reconciler.IndexedResourceCache;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.util.Optional;

/** Decides whether a Backfill that nobody works on begins, or goes on, and what it waits for. */
final class BackfillStart {

  /** Whoever waits is woken; this is for what nobody tells. */
  static final Duration BETWEEN_LOOKS = Duration.ofSeconds(30);

  private final MartBoard board;
  private final IndexedResourceCache<Backfill> cache;

  BackfillStart(MartBoard board, IndexedResourceCache<Backfill> cache) {
    this.board = board;
    this.cache = cache;
  }

  BackfillDecision decide(BackfillStep step) {
    var cancel = step.openCancel();
    if (cancel.isPresent()) {
      step.answeredCancel = cancel;
      return BackfillDecision.only(
          step.end(
              RunOutcome.CANCELLED,
              MartReason.CANCELLED.code(),
              "Stopped by request after %s. Set annotation naru.dev/run-requested-at to go on"
                  .formatted(step.doneOf())));
    }
    step.answeredRun = step.openRun().or(() -> step.answeredRun);
    var mart = step.mart();
    return switch (board.look(mart)) {
      case MartStanding.Missing _ ->
          BackfillDecision.only(
              Outcome.Wait.onMissing(
                  "spec.dataMartRef: DataMart %s does not exist in namespace %s: create it or correct the name"
                      .formatted(mart.getName(), step.namespace())));
      case MartStanding.Unknown _ -> {
        step.lookAgain.in(BETWEEN_LOOKS);
        // nothing flaps when the operator starts again
        yield BackfillDecision.only(
            step.before()
                .filter(_ -> !step.changed())
                .orElseGet(
                    () ->
                        Outcome.Wait.on(Reason.CHECKING, "Looking at DataMart " + mart.getName())));
      }
      case MartStanding.Deleted _ -> notReady(step, "it is being deleted");
      case MartStanding.NotReady(var why) -> notReady(step, why);
      case MartStanding.Usable(var history) -> usable(step, history);
    };
  }

  private static BackfillDecision notReady(BackfillStep step, String why) {
    step.lookAgain.in(BETWEEN_LOOKS);
    return BackfillDecision.only(
        new Outcome.Wait(
            BackfillReason.WAITING.code(),
            "DataMart %s is not ready: %s".formatted(step.mart().getName(), why),
            false));
  }

  private BackfillDecision usable(BackfillStep step, MartHistory history) {
    if (step.running() && !history.contents(step.tables).equals(step.contents.orElse(""))) {
      var end = BackfillWords.changed(history.name(), step.tables, step.doneOf());
      return BackfillDecision.only(step.end(RunOutcome.FAILED, end.reason(), end.message()));
    }
    BackfillPlan plan;
    try {
      plan = BackfillPlan.of(step.backfill.getSpec(), history, step.now);
    } catch (BackfillPlan.Refused e) {
      return BackfillDecision.only(e.outcome());
    }
    var waits = waits(step, history, plan);
    if (waits.isPresent()) {
      step.lookAgain.in(BETWEEN_LOOKS);
      return BackfillDecision.only(waits.get());
    }
    if (!step.running()) {
      begin(step, history, plan);
    }
    var work = work(step, plan);
    return new BackfillDecision(BackfillDecision.working(work, step), Optional.of(work));
  }

  /** Who or what comes first. */
  private Optional<Outcome> waits(BackfillStep step, MartHistory history, BackfillPlan plan) {
    if (step.suspended()) {
      return Optional.of(
          Outcome.Wait.on(
              Reason.SUSPENDED,
              "Paused after %s: goes on when spec.suspend is removed".formatted(step.doneOf())));
    }
    if (Boolean.TRUE.equals(step.backfill.getSpec().dryRun())) {
      return Optional.empty();
    }
    return history
        .late(plan.end())
        .map(
            it ->
                "Waits for %s, which DataMart %s reads; spec.upstream of the DataMart with wait: None does not wait"
                    .formatted(it, history.name()))
        .or(() -> Elders.of(step.backfill, plan, cache))
        .or(
            () ->
                history.runs()
                    ? Optional.of("Waits for the end of a run of DataMart " + history.name())
                    : Optional.empty())
        .map(it -> BackfillDecision.wait(BackfillReason.WAITING, it));
  }

  private static void begin(BackfillStep step, MartHistory history, BackfillPlan plan) {
    step.run =
        Optional.of(new BackfillRun("b-1", null, step.conditions.now(), null, RunOutcome.RUNNING));
    step.tables = plan.tables();
    step.total = Optional.of((long) plan.intervals().size());
    step.contents = Optional.of(history.contents(plan.tables()));
  }

  private static BackfillWork work(BackfillStep step, BackfillPlan plan) {
    var spec = step.backfill.getSpec();
    var settings = BackfillWork.Settings.of(spec);
    return new BackfillWork(
        ResourceID.fromResource(step.backfill),
        step.backfill.getMetadata().getUid(),
        step.mart(),
        plan,
        step.run.orElseThrow(),
        step.contents.orElseThrow(),
        Boolean.TRUE.equals(spec.dryRun()),
        settings.limit(),
        settings.parallelism());
  }
}
