package dev.naru.operator.mart;

import static dev.naru.crds.v1alpha1.ConditionTypes.FRESH;
import static dev.naru.crds.v1alpha1.ConditionTypes.READY;
import static dev.naru.crds.v1alpha1.ConditionTypes.SQL_ANALYZED;
import static dev.naru.crds.v1alpha1.ConditionTypes.STALLED;
import static dev.naru.operator.rights.Purpose.OBSERVE;
import static dev.naru.operator.rights.Purpose.RESOURCES;
import static dev.naru.operator.rights.Verb.LIST;
import static dev.naru.operator.rights.Verb.PATCH;
import static dev.naru.operator.rights.Verb.WATCH;

import dev.naru.crds.v1alpha1.Annotations;
import dev.naru.crds.v1alpha1.Condition;
import dev.naru.crds.v1alpha1.ConditionStatus;
import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.DataMartSpec;
import dev.naru.crds.v1alpha1.DataMartStatus;
import dev.naru.crds.v1alpha1.DeletionPolicy;
import dev.naru.crds.v1alpha1.MartPlan;
import dev.naru.crds.v1alpha1.MartRun;
import dev.naru.crds.v1alpha1.RunOutcome;
import dev.naru.operator.kube.Background;
import dev.naru.operator.kube.Requests;
import dev.naru.operator.rights.Right;
import dev.naru.operator.status.EventReason;
import dev.naru.operator.status.Notice;
import dev.naru.operator.status.Notices;
import dev.naru.operator.status.Outcome;
import dev.naru.operator.status.Readiness;
import dev.naru.operator.status.Reason;
import dev.naru.operator.status.StatusWriter;
import dev.naru.sql.SqlAnalyzer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * Keeps a mart's tables in their order and on time. A reconcile looks, decides and starts; it never
 * waits for BigQuery. What is decided is written to status first: the run that goes on stands
 * there, so whoever leads next works on the same one.
 */
@ControllerConfiguration(name = "datamart", generationAwareEventProcessing = false)
public final class DataMartReconciler implements Reconciler<DataMart> {

  public static final List<Right> RIGHTS =
      List.of(
          Right.on("naru.dev", "datamarts", RESOURCES, "runs DataMarts", LIST, WATCH),
          Right.on("naru.dev", "datamarts/status", RESOURCES, "says how runs went", PATCH),
          Right.on("naru.dev", "warehouses", RESOURCES, "where a mart is built", LIST, WATCH),
          Right.on("naru.dev", "ingestionjobs", RESOURCES, "what a mart waits for", LIST, WATCH),
          Right.on(
              "", "configmaps", OBSERVE, "SQL of marts, labelled naru.dev/input", LIST, WATCH));

  /** So often dataset and tables are compared with what is declared. */
  private static final Duration BETWEEN_LOOKS = Duration.ofHours(1);

  private final Warehouses warehouses;
  private final Notices notices;
  private final MartMetrics metrics;
  private final Clock clock;
  private final MartPlanner planner;
  private MartSources sources;

  public DataMartReconciler(
      Warehouses warehouses,
      SqlAnalyzer analyzer,
      Notices notices,
      MartMetrics metrics,
      Clock clock) {
    this.warehouses = warehouses;
    this.notices = notices;
    this.metrics = metrics;
    this.clock = clock;
    this.planner = new MartPlanner(warehouses, analyzer, clock);
  }

  @Override
  public List<EventSource<?, DataMart>> prepareEventSources(EventSourceContext<DataMart> context) {
    sources =
        MartSources.of(
            context,
            new MartRuns(warehouses, it -> context.getPrimaryCache().get(it).isPresent(), clock),
            new Background<>(PlanAnswer.class, "datamart-plan", clock));
    return sources.all();
  }

  @Override
  public UpdateControl<DataMart> reconcile(DataMart mart, Context<DataMart> context) {
    var step = new MartStep(mart, clock);
    var who = ResourceID.fromResource(mart);
    MartStatus.align(step);
    var around = sources.surroundings(mart);
    var resolution = MartResolver.resolve(mart, around);
    follow(step, who, resolution);
    var outcome =
        switch (resolution) {
          case MartResolution.Unresolved unresolved -> Optional.of(unresolved.outcome());
          case MartResolution.Resolved(var resolved) -> plan(step, who, resolved, around);
        };
    outcome.ifPresent(
        it ->
            Readiness.report(step.conditions, it)
                .ifPresent(d -> step.lookAgainAt(step.now.plus(d))));
    var begun =
        resolution instanceof MartResolution.Resolved(var resolved) && canRun(step, outcome)
            ? begin(step, resolved)
            : Optional.<RunPlan>empty();
    answerCancel(step, who, begun);
    report(step, context);
    begun.ifPresent(it -> sources.runs().start(who, it));
    return step.lookAgain()
        .map(delay -> UpdateControl.<DataMart>noUpdate().rescheduleAfter(delay))
        .orElseGet(UpdateControl::noUpdate);
  }

  /** Goes on with the run that status tells of, or records how it ended. */
  private void follow(MartStep step, ResourceID who, MartResolution resolution) {
    var running = step.running();
    if (running.isEmpty()) {
      sources.runs().forget(who);
      return;
    }
    var run = running.get();
    var wanted =
        switch (resolution) {
          case MartResolution.Resolved(var mart) ->
              Optional.of(RunPlan.of(mart, step.mart.getSpec(), run, step.tables));
          case MartResolution.Unresolved _ -> Optional.<RunPlan>empty();
        };
    var going = sources.runs().of(who).filter(it -> it.plan().id().equals(run.id()));
    if (going.isEmpty()) {
      if (wanted.isPresent()) {
        // another process began it: its jobs are found by their ids
        going = Optional.of(sources.runs().start(who, wanted.get()));
      } else if (resolution instanceof MartResolution.Unresolved(Outcome.Fail fail)) {
        MartStatus.end(
            step,
            run,
            new RunReport(
                RunOutcome.FAILED,
                fail.reason(),
                "The run cannot be finished: " + fail.message(),
                java.util.Map.of(),
                List.of()));
        return;
      } else {
        return;
      }
    }
    var other = wanted.filter(it -> !it.key().equals(going(who).plan().key()));
    if (other.isPresent()) {
      // another spec: what the old one has staged must not be published any more
      going(who).progress().cancel();
    }
    var report = going(who).report();
    if (report.isEmpty()) {
      MartStatus.progress(step, going(who).progress());
    } else if (other.isPresent()
        && report.get().result() == RunOutcome.CANCELLED
        && openCancel(step).isEmpty()) {
      sources.runs().start(who, other.get());
    } else {
      MartStatus.end(step, run, report.get());
      sources.runs().forget(who);
    }
  }

  private MartRuns.Going going(ResourceID who) {
    return sources.runs().of(who).orElseThrow();
  }

  /**
   * What SQL and BigQuery say of the mart; empty while they are asked about a generation that was
   * fine before: nothing flaps when the operator starts again.
   */
  private Optional<Outcome> plan(
      MartStep step, ResourceID who, ResolvedMart mart, MartSurroundings around) {
    var spec = step.mart.getSpec();
    var readers = around.readers(step.mart);
    var looks = lastLook(step);
    step.lookAgainAt(looks.plus(BETWEEN_LOOKS));
    var doomed = spec.deletionPolicy() == DeletionPolicy.DELETE ? step.orphans : List.<String>of();
    // after a run, or the first load of what is read, there are other tables
    var loaded =
        mart.upstreams().stream()
            .filter(it -> it.dataThrough().isPresent())
            .map(ResolvedMart.Upstream::table)
            .toList();
    var ran =
        step.lastRun.filter(it -> it.result() != RunOutcome.RUNNING).map(MartRun::id).orElse("");
    var supposed = MartTrigger.supposed(spec, step.now).run(step.now);
    var tables = step.tables;
    var answer =
        sources
            .plans()
            .ask(
                who,
                String.join(
                    " ",
                    step.mart.getMetadata().getUid(),
                    mart.fingerprint(),
                    ran,
                    loaded.toString(),
                    readers.toString(),
                    doomed.toString(),
                    looks.toString()),
                () ->
                    planner.look(
                        new MartPlanner.Question(
                            RunPlan.of(mart, spec, supposed, tables), readers, doomed)),
                it -> it instanceof PlanAnswer.Planned || it instanceof PlanAnswer.Refused);
    answer.flatMap(Background.Answer::retryAt).ifPresent(step::lookAgainAt);
    if (answer.isEmpty()) {
      return judged(step, mart.fingerprint())
          ? Optional.empty()
          : Optional.of(Outcome.Wait.on(Reason.CHECKING, "Looking at the SQL and at BigQuery"));
    }
    return Optional.of(planned(step, answer.get().value()));
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

  private static Outcome planned(MartStep step, PlanAnswer answer) {
    return switch (answer) {
      case PlanAnswer.Planned it -> {
        step.plan = Optional.of(it.plan());
        step.orphans = step.orphans.stream().filter(name -> !it.gone().contains(name)).toList();
        it.repaired()
            .forEach(
                what ->
                    step.notices.add(
                        Notice.normal(EventReason.REPAIRED, what, what + step.conditions.now())));
        step.conditions.set(
            SQL_ANALYZED,
            it.complete() ? ConditionStatus.TRUE : ConditionStatus.UNKNOWN,
            (it.complete() ? MartReason.VALID : MartReason.NOT_ANALYZED).code(),
            it.analyzed());
        yield ready(step.mart.getSpec());
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

  private static Outcome ready(DataMartSpec spec) {
    if (Boolean.TRUE.equals(spec.suspend())) {
      return new Outcome.Done(
          Reason.SUSPENDED,
          "Suspended: no new run starts while spec.suspend is true; a running one goes on");
    }
    return spec.schedule() == null
        ? new Outcome.Done(
            Reason.ON_REQUEST, "Runs when annotation naru.dev/run-requested-at is set")
        : new Outcome.Done(
            Reason.SCHEDULED,
            "Runs at '%s' %s".formatted(spec.schedule().cron(), MartWindows.zone(spec)));
  }

  private static boolean canRun(MartStep step, Optional<Outcome> outcome) {
    return step.running().isEmpty()
        && outcome.map(it -> it instanceof Outcome.Done).orElse(true)
        && step.conditions.isTrue(READY)
        && !step.conditions.isTrue(STALLED);
  }

  /** Decides a run that is due, unless what it reads is late. */
  private Optional<RunPlan> begin(MartStep step, ResolvedMart mart) {
    var spec = step.mart.getSpec();
    var due = MartTrigger.due(step.mart, step.now);
    var late = due.map(it -> MartTrigger.late(spec, mart.upstreams(), it.end())).orElse(List.of());
    fresh(step, due, late);
    if (due.isEmpty() || !late.isEmpty()) {
      return Optional.empty();
    }
    var it = due.get();
    var run = it.run(step.conditions.now());
    step.lastRun = Optional.of(run);
    it.scheduled().ifPresent(at -> step.lastSchedule = Optional.of(at));
    it.request()
        .ifPresent(
            token -> {
              step.answeredRun = Optional.of(token);
              step.notices.add(
                  Notice.normal(
                      EventReason.RUN_REQUESTED, "Run %s was asked for".formatted(it.id()), token));
            });
    return Optional.of(RunPlan.of(mart, spec, run, step.tables));
  }

  private static void fresh(
      MartStep step, Optional<MartTrigger.Due> due, List<ResolvedMart.Upstream> late) {
    var spec = step.mart.getSpec();
    if (due.isEmpty() || late.isEmpty()) {
      if (due.isPresent() || step.conditions.get(FRESH).isPresent()) {
        step.conditions.set(
            FRESH, ConditionStatus.TRUE, MartReason.ON_TIME.code(), "No due run is waiting");
      }
      return;
    }
    var waits =
        "The run of the window up to %s waits for %s"
            .formatted(due.get().end(), MartTrigger.describe(late));
    Readiness.report(step.conditions, ready(spec).saying("; " + waits));
    var deadline = due.get().due().plus(MartTrigger.deadline(spec));
    if (due.get().scheduled().isPresent() && !step.now.isBefore(deadline)) {
      step.conditions.set(
          FRESH,
          ConditionStatus.FALSE,
          MartReason.UPSTREAM_LATE.code(),
          waits
              + ", longer than spec.upstream.deadline. Look at its last run, or write upstream: {wait: None}");
    } else if (due.get().scheduled().isPresent()) {
      step.lookAgainAt(deadline);
    }
  }

  private static Optional<String> openCancel(MartStep step) {
    return Requests.open(
        step.mart,
        Annotations.CANCEL_REQUESTED_AT,
        step.stored.map(DataMartStatus::lastHandledCancelRequest).orElse(null));
  }

  /**
   * Stops the run that goes on. The request stays open until the run has ended, so that it is not
   * lost when the operator is.
   */
  private void answerCancel(MartStep step, ResourceID who, Optional<RunPlan> begun) {
    var request = openCancel(step);
    if (request.isEmpty()) {
      return;
    }
    var token = request.get();
    if (step.running().isEmpty() || begun.isPresent()) {
      step.answeredCancel = request;
      if (step.ended.isEmpty()) {
        step.notices.add(
            Notice.normal(EventReason.NOTHING_TO_CANCEL, "No run was going on", token));
      }
      return;
    }
    var stops = sources.runs().of(who).map(it -> it.progress().cancel()).orElse(false);
    step.notices.add(
        stops
            ? Notice.normal(
                EventReason.CANCELLING, "Stopping run " + step.running().get().id(), token)
            : Notice.normal(
                EventReason.NOTHING_TO_CANCEL,
                "Run %s publishes already and is finished".formatted(step.running().get().id()),
                token));
  }

  private void report(MartStep step, Context<DataMart> context) {
    var mart = step.mart;
    var before = step.stored.map(DataMartStatus::conditions).orElse(List.of());
    MartStatus.degraded(step.conditions, mart.getSpec());
    Notice.ofReadiness(before, step.conditions.toList()).ifPresent(step.notices::add);
    step.ended.ifPresent(run -> step.notices.add(told(run)));
    var status = MartStatus.of(step);
    step.notices.forEach(notice -> notices.tell(mart, notice));
    StatusWriter.write(mart, status, DataMart::new, context);
    step.ended.ifPresent(run -> metrics.count(run, step.report.orElseThrow()));
  }

  private static Notice told(MartRun run) {
    var message = "Run %s: %s".formatted(run.id(), run.message());
    return switch (run.result()) {
      case SUCCEEDED -> Notice.normal(EventReason.RUN_SUCCEEDED, message, run.id());
      case CANCELLED -> Notice.normal(EventReason.RUN_CANCELLED, message, run.id());
      case FAILED, RUNNING, UNKNOWN ->
          Notice.warning(EventReason.RUN_FAILED, message, run.id() + run.completionTime());
    };
  }
}
