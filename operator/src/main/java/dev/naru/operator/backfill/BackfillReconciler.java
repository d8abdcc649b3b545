package dev.naru.operator.backfill;

import static dev.naru.operator.rights.Purpose.RESOURCES;
import static dev.naru.operator.rights.Verb.DELETE;
import static dev.naru.operator.rights.Verb.LIST;
import static dev.naru.operator.rights.Verb.PATCH;
import static dev.naru.operator.rights.Verb.WATCH;

import dev.naru.crds.v1alpha1.Backfill;
import dev.naru.crds.v1alpha1.BackfillRun;
import dev.naru.crds.v1alpha1.BackfillSpec;
import dev.naru.crds.v1alpha1.BackfillStatus;
import dev.naru.crds.v1alpha1.Durations;
import dev.naru.crds.v1alpha1.RunOutcome;
import dev.naru.operator.mart.Intervals;
import dev.naru.operator.mart.MartBoard;
import dev.naru.operator.mart.MartHistory;
import dev.naru.operator.mart.MartReason;
import dev.naru.operator.mart.MartStanding;
import dev.naru.operator.rights.Right;
import dev.naru.operator.status.EventReason;
import dev.naru.operator.status.Notice;
import dev.naru.operator.status.Notices;
import dev.naru.operator.status.Outcome;
import dev.naru.operator.status.Readiness;
import dev.naru.operator.status.Reason;
import dev.naru.operator.status.StatusWriter;
import dev.naru.runfile.RunId;
import io.fabric8.kubernetes.api.model.Quantity;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.IndexedResourceCache;
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

  /** Whoever waits is woken; this is for what nobody tells. */
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(30);

  private final MartBoard board;
  private final Intervals intervals;
  private final Notices notices;
  private final BackfillMetrics metrics;
  private final Clock clock;
  private IndexedResourceCache<Backfill> cache;
  private BackfillRuns runs;

  public BackfillReconciler(
      MartBoard board, Intervals intervals, Notices notices, BackfillMetrics metrics, Clock clock) {
    this.board = board;
    this.intervals = intervals;
    this.notices = notices;
    this.metrics = metrics;
    this.clock = clock;
  }

  @Override
  public List<EventSource<?, Backfill>> prepareEventSources(EventSourceContext<Backfill> context) {
    cache = context.getPrimaryCache();
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
    reopen(step);
    var going = runs.of(who, backfill.getMetadata().getUid());
    going.ifPresent(it -> step.read(it.progress().version()));
    var toStart = Optional.<BackfillWork>empty();
    if (step.ended()) {
      step.before().ifPresent(it -> Readiness.report(step.conditions, it));
      answer(step);
    } else {
      var decision = going.isPresent() ? follow(step, going.get()) : decide(step);
      Readiness.report(step.conditions, decision.outcome()).ifPresent(step::lookAgainIn);
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
    return step.lookAgain()
        .map(delay -> UpdateControl.<Backfill>noUpdate().rescheduleAfter(delay))
        .orElseGet(UpdateControl::noUpdate);
  }

  /** What becomes of it, and what begins once that is written down. */
  private record Decision(Outcome outcome, Optional<BackfillWork> start) {
    static Decision only(Outcome outcome) {
      return new Decision(outcome, Optional.empty());
    }
  }

  // --- what goes on ---------------------------------------------------------------------------

  private Decision follow(BackfillStep step, BackfillRuns.Going going) {
    var cancel = step.openCancel();
    if (cancel.isPresent()) {
      going.runner().cancel();
      step.notices.add(
          Notice.normal(EventReason.CANCELLING, "Stopping the Backfill", cancel.get()));
    }
    var ended = going.ended();
    if (ended.isEmpty()) {
      if (suspended(step) || !going.work().settings().equals(settings(step.backfill.getSpec()))) {
        going.runner().pause();
      }
      step.lookAgainIn(BETWEEN_WRITES);
      return Decision.only(working(going.work(), step));
    }
    var result = ended.get().result();
    // the end may be newer than what was read before
    step.read(going.progress().version());
    if (result.isEmpty()) {
      runs.forget(going);
      step.at = step.at.withRunning(List.of());
      return decide(step);
    }
    if (cancel.isPresent()) {
      step.answeredCancel = cancel;
    }
    return Decision.only(step.end(result.get(), ended.get().reason(), ended.get().message()));
  }

  private static Outcome working(BackfillWork work, BackfillStep step) {
    return step.at.estimate().isEmpty()
        ? wait(
            BackfillReason.ESTIMATING,
            "Asking BigQuery by dry runs what %s would read".formatted(work.text()))
        : wait(
            BackfillReason.BACKFILLING, "Building %s; see status.progress".formatted(work.text()));
  }

  // --- what begins ----------------------------------------------------------------------------

  private Decision decide(BackfillStep step) {
    var cancel = step.openCancel();
    if (cancel.isPresent()) {
      step.answeredCancel = cancel;
      return Decision.only(
          step.end(
              RunOutcome.CANCELLED,
              MartReason.CANCELLED.code(),
              "Stopped by request after %s. Set annotation naru.dev/run-requested-at to go on"
                  .formatted(step.doneOf())));
    }
    step.answeredRun = step.openRun().or(() -> step.answeredRun);
    var mart = mart(step);
    return switch (board.look(mart)) {
      case MartStanding.Missing _ ->
          Decision.only(
              Outcome.Wait.onMissing(
                  "spec.dataMartRef: DataMart %s does not exist in namespace %s: create it or correct the name"
                      .formatted(mart.getName(), step.namespace())));
      case MartStanding.Unknown _ -> {
        step.lookAgainIn(BETWEEN_LOOKS);
        // nothing flaps when the operator starts again
        yield Decision.only(
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

  private static Decision notReady(BackfillStep step, String why) {
    step.lookAgainIn(BETWEEN_LOOKS);
    return Decision.only(
        new Outcome.Wait(
            BackfillReason.WAITING.code(),
            "DataMart %s is not ready: %s".formatted(mart(step).getName(), why),
            false));
  }

  private Decision usable(BackfillStep step, MartHistory history) {
    if (step.running() && !history.contents(step.tables).equals(step.contents.orElse(""))) {
      var end = BackfillRunner.changed(history.name(), step.tables, step.doneOf());
      return Decision.only(step.end(RunOutcome.FAILED, end.reason(), end.message()));
    }
    BackfillPlan plan;
    try {
      plan = BackfillPlan.of(step.backfill.getSpec(), history, step.now);
    } catch (BackfillPlan.Refused e) {
      return Decision.only(e.outcome());
    }
    var waits = waits(step, history, plan);
    if (waits.isPresent()) {
      step.lookAgainIn(BETWEEN_LOOKS);
      return Decision.only(waits.get());
    }
    if (!step.running()) {
      begin(step, history, plan);
    }
    var work = work(step, plan);
    return new Decision(working(work, step), Optional.of(work));
  }

  /** Who or what comes first. */
  private Optional<Outcome> waits(BackfillStep step, MartHistory history, BackfillPlan plan) {
    if (suspended(step)) {
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
        .map(it -> wait(BackfillReason.WAITING, it));
  }

  private static void begin(BackfillStep step, MartHistory history, BackfillPlan plan) {
    step.run =
        Optional.of(new BackfillRun("b-1", null, step.conditions.now(), null, RunOutcome.RUNNING));
    pin(step, history, plan);
  }

  private static void pin(BackfillStep step, MartHistory history, BackfillPlan plan) {
    step.tables = plan.tables();
    step.total = Optional.of((long) plan.intervals().size());
    step.contents = Optional.of(history.contents(plan.tables()));
  }

  private static BackfillWork work(BackfillStep step, BackfillPlan plan) {
    var spec = step.backfill.getSpec();
    var settings = settings(spec);
    return new BackfillWork(
        ResourceID.fromResource(step.backfill),
        step.backfill.getMetadata().getUid(),
        mart(step),
        plan,
        step.run.orElseThrow(),
        step.contents.orElseThrow(),
        Boolean.TRUE.equals(spec.dryRun()),
        settings.limit(),
        settings.parallelism());
  }

  private static BackfillWork.Settings settings(BackfillSpec spec) {
    return new BackfillWork.Settings(
        Optional.ofNullable(spec.limits())
            .map(it -> it.maxBytesBilled())
            .map(Quantity::getNumericalAmount)
            .map(it -> it.longValue()),
        spec.parallelism() == null ? 1 : spec.parallelism());
  }

  private static ResourceID mart(BackfillStep step) {
    return new ResourceID(step.backfill.getSpec().dataMartRef().name(), step.namespace());
  }

  private static boolean suspended(BackfillStep step) {
    return Boolean.TRUE.equals(step.backfill.getSpec().suspend());
  }

  private static Outcome wait(BackfillReason reason, String message) {
    return new Outcome.Wait(reason.code(), message, true);
  }

  // --- what comes after the end ---------------------------------------------------------------

  /** Begins another go at what is not done: on request, or when the limit that stopped it moved. */
  private void reopen(BackfillStep step) {
    if (!step.ended() || step.run.orElseThrow().result() == RunOutcome.SUCCEEDED) {
      return;
    }
    var last = step.run.orElseThrow();
    var token = step.openRun();
    var limited = step.before().filter(it -> it.reason().equals(MartReason.LIMIT_EXCEEDED.code()));
    if (token.isEmpty() && (limited.isEmpty() || !step.changed())) {
      return;
    }
    if (!(board.look(mart(step)) instanceof MartStanding.Usable(var history))) {
      // it stays as it ended until there is something to build; the request stays open
      step.lookAgainIn(BETWEEN_LOOKS);
      return;
    }
    if (!step.tables.isEmpty() && !history.contents(step.tables).equals(step.contents.orElse(""))) {
      // what is done was made of something else
      step.at = step.at.fromTheStart();
      step.contents = Optional.of(history.contents(step.tables));
    }
    step.at = step.at.withEstimate(Optional.empty()).withRunning(List.of());
    if (step.total.isEmpty()) {
      // it was cancelled before it had begun
      step.run = Optional.empty();
    } else {
      step.run =
          Optional.of(
              new BackfillRun(
                  // with the same id the jobs of what was stopped by the limit are found again
                  token.map(it -> "b-" + RunId.hash8(it)).orElse(last.id()),
                  token.orElse(last.request()),
                  token.isPresent() ? step.conditions.now() : last.startTime(),
                  null,
                  RunOutcome.RUNNING));
    }
    token.ifPresent(
        it -> {
          step.answeredRun = token;
          step.notices.add(
              Notice.normal(EventReason.RUN_REQUESTED, "What is not done is built again", it));
        });
  }

  /** Requests that come when there is nothing left to do. */
  private static void answer(BackfillStep step) {
    if (step.run.orElseThrow().result() == RunOutcome.SUCCEEDED) {
      step.answeredRun = step.openRun().or(() -> step.answeredRun);
    }
    step.openCancel()
        .ifPresent(
            token -> {
              step.answeredCancel = Optional.of(token);
              step.notices.add(
                  Notice.normal(EventReason.NOTHING_TO_CANCEL, "It had ended already", token));
            });
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
    left(step).ifPresent(step::lookAgainIn);
  }

  private void report(BackfillStep step, Context<Backfill> context) {
    var before = step.stored.map(BackfillStatus::conditions).orElse(List.of());
    Notice.ofReadiness(before, step.conditions.toList()).ifPresent(step.notices::add);
    step.notices.forEach(it -> notices.tell(step.backfill, it));
    StatusWriter.write(step.backfill, step.status(), Backfill::new, context);
    metrics.count(step);
    if (step.ended() && !BackfillStep.over(step.backfill)) {
      runs.wakeOthers(mart(step), ResourceID.fromResource(step.backfill));
    }
  }
}
