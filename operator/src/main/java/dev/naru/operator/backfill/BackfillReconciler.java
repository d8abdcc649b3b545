package dev.naru.operator.backfill;

import static dev.naru.operator.rights.Purpose.RESOURCES;
import static dev.naru.operator.rights.Verb.DELETE;
import static dev.naru.operator.rights.Verb.LIST;
import static dev.naru.operator.rights.Verb.PATCH;
import static dev.naru.operator.rights.Verb.WATCH;

import dev.naru.crds.v1alpha1.Backfill;
import dev.naru.crds.v1alpha1.BackfillStatus;
import dev.naru.crds.v1alpha1.Durations;
import dev.naru.operator.mart.Intervals;
import dev.naru.operator.mart.MartBoard;
import dev.naru.operator.rights.Right;
import dev.naru.operator.status.EventReason;
import dev.naru.operator.status.Notice;
import dev.naru.operator.status.Notices;
import dev.naru.operator.status.Readiness;
import dev.naru.operator.status.StatusWriter;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Builds ranges of marts' history again. As with a DataMart, a reconcile looks, decides and starts;
 * what is decided is written to status first.
 */
@ControllerConfiguration(name = "backfill", generationAwareEventProcessing = false)
public final class BackfillReconciler implements Reconciler<Backfill> {

  public static final List<Right> RIGHTS =
      List.of(
          Right.on(
              "naru.dev",
              "backfills",
              RESOURCES,
              "runs Backfills; removes those whose ttlAfterFinished is over",
              LIST,
              WATCH,
              DELETE),
          Right.on("naru.dev", "backfills/status", RESOURCES, "says how they went", PATCH));

  /** While intervals are built, status is brought up to date so often. */
  private static final Duration BETWEEN_WRITES = Duration.ofSeconds(5);

  private final MartBoard board;
  private final Intervals intervals;
  private final Notices notices;
  private final BackfillMetrics metrics;
  private final Clock clock;
  private final BackfillRepeat repeat;
  private BackfillStart start;
  private BackfillRuns runs;

  public BackfillReconciler(
      MartBoard board, Intervals intervals, Notices notices, BackfillMetrics metrics, Clock clock) {
    this.board = board;
    this.intervals = intervals;
    this.notices = notices;
    this.metrics = metrics;
    this.clock = clock;
    this.repeat = new BackfillRepeat(board);
  }

  @Override
  public List<EventSource<?, Backfill>> prepareEventSources(EventSourceContext<Backfill> context) {
    var cache = context.getPrimaryCache();
    start = new BackfillStart(board, cache);
    runs = new BackfillRuns(board, intervals, cache, clock);
    return List.of(runs);
  }

  @Override
  public UpdateControl<Backfill> reconcile(Backfill backfill, Context<Backfill> context) {
    var step = new BackfillStep(backfill, clock);
    if (expired(step)) {
      context
          .getClient()
          .resource(backfill)
          .lockResourceVersion(backfill.getMetadata().getResourceVersion())
          .delete();
      return UpdateControl.noUpdate();
    }
    var who = ResourceID.fromResource(backfill);
    repeat.reopen(step);
    var going = runs.of(who, backfill.getMetadata().getUid());
    going.ifPresent(it -> step.read(it.progress().version()));
    var toStart = Optional.<BackfillWork>empty();
    if (step.ended()) {
      step.before().ifPresent(it -> Readiness.report(step.conditions, it));
      BackfillRepeat.answer(step);
    } else {
      var decision = going.isPresent() ? follow(step, going.get()) : start.decide(step);
      Readiness.report(step.conditions, decision.outcome()).ifPresent(step.lookAgain::in);
      toStart = decision.start();
    }
    report(step, context);
    going.ifPresent(
        it -> {
          runs.recorded(it, step.version);
          // not when it ended after it was looked at: nobody has written that down yet
          if (step.ended()) {
            runs.forget(it);
          }
        });
    toStart.ifPresent(it -> runs.start(it, step.at));
    expires(step);
    return step.lookAgain
        .delay()
        .map(delay -> UpdateControl.<Backfill>noUpdate().rescheduleAfter(delay))
        .orElseGet(UpdateControl::noUpdate);
  }

  private BackfillDecision follow(BackfillStep step, BackfillRuns.Going going) {
    var cancel = step.openCancel();
    if (cancel.isPresent()) {
      going.runner().cancel();
      step.notices.add(
          Notice.normal(EventReason.CANCELLING, "Stopping the Backfill", cancel.get()));
    }
    var ended = going.ended();
    if (ended.isEmpty()) {
      if (step.suspended()
          || !going.work().settings().equals(BackfillWork.Settings.of(step.backfill.getSpec()))) {
        going.runner().pause();
      }
      step.lookAgain.in(BETWEEN_WRITES);
      return BackfillDecision.only(BackfillDecision.working(going.work(), step));
    }
    var result = ended.get().result();
    // the end may be newer than what was read before
    step.read(going.progress().version());
    if (result.isEmpty()) {
      runs.forget(going);
      step.at = step.at.withRunning(List.of());
      return start.decide(step);
    }
    if (cancel.isPresent()) {
      step.answeredCancel = cancel;
    }
    return BackfillDecision.only(
        step.end(result.get(), ended.get().reason(), ended.get().message()));
  }

  private static Optional<Duration> left(BackfillStep step) {
    var ttl = step.backfill.getSpec().ttlAfterFinished();
    return ttl == null || !step.ended()
        ? Optional.empty()
        : Optional.of(
            Duration.between(
                step.now, step.run.orElseThrow().completionTime().plus(Durations.parse(ttl))));
  }

  private static boolean expired(BackfillStep step) {
    return left(step).filter(it -> !it.isPositive()).isPresent();
  }

  private static void expires(BackfillStep step) {
    left(step).ifPresent(step.lookAgain::in);
  }

  private void report(BackfillStep step, Context<Backfill> context) {
    var before = step.stored.map(BackfillStatus::conditions).orElse(List.of());
    Notice.ofReadiness(before, step.conditions.toList()).ifPresent(step.notices::add);
    step.notices.forEach(it -> notices.tell(step.backfill, it));
    StatusWriter.write(step.backfill, step.status(), Backfill::new, context);
    metrics.count(step);
    if (step.ended() && !BackfillStep.over(step.backfill)) {
      runs.wakeOthers(step.mart(), ResourceID.fromResource(step.backfill));
    }
  }
}
