package dev.naru.operator.mart;

import static dev.naru.crds.v1alpha1.ConditionTypes.READY;
import static dev.naru.crds.v1alpha1.ConditionTypes.STALLED;
import static dev.naru.operator.rights.Purpose.OBSERVE;
import static dev.naru.operator.rights.Purpose.RESOURCES;
import static dev.naru.operator.rights.Verb.LIST;
import static dev.naru.operator.rights.Verb.PATCH;
import static dev.naru.operator.rights.Verb.WATCH;

import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.DataMartStatus;
import dev.naru.crds.v1alpha1.MartRun;
import dev.naru.crds.v1alpha1.ModelService;
import dev.naru.operator.kube.SharedCaches;
import dev.naru.operator.mart.MartResolution.Resolved;
import dev.naru.operator.mart.MartResolution.Unresolved;
import dev.naru.operator.rights.Right;
import dev.naru.operator.status.EventReason;
import dev.naru.operator.status.Notice;
import dev.naru.operator.status.Notices;
import dev.naru.operator.status.Outcome;
import dev.naru.operator.status.Readiness;
import dev.naru.operator.status.StatusWriter;
import dev.naru.sql.SqlAnalyzer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Keeps a mart's tables in their order and on time. A reconcile looks, decides and starts; it never
 * waits for BigQuery. What is decided is written to status first: the run that goes on stands
 * there, so whoever leads next works on the same one.
 */
@ControllerConfiguration(
    name = "datamart",
    generationAwareEventProcessing = false,
    // a finalizer is set only where tables shall be deleted, which JOSDK's own Cleaner cannot do
    triggerReconcilerOnAllEvents = true)
public final class DataMartReconciler implements Reconciler<DataMart> {

  public static final List<Right> RIGHTS =
      List.of(
          Right.on("naru.dev", "datamarts", RESOURCES, "runs DataMarts", LIST, WATCH),
          Right.on(
              "naru.dev", "datamarts", RESOURCES, "holds one with deletionPolicy: Delete", PATCH),
          Right.on("naru.dev", "datamarts/status", RESOURCES, "says how runs went", PATCH),
          Right.on("naru.dev", "warehouses", RESOURCES, "where a mart is built", LIST, WATCH),
          Right.on("naru.dev", "ingestionjobs", RESOURCES, "what a mart waits for", LIST, WATCH),
          Right.on(
              "", "configmaps", OBSERVE, "SQL of marts, labelled naru.dev/input", LIST, WATCH));

  private final Warehouses warehouses;
  private final SqlAnalyzer analyzer;
  private final MartBoard board;
  private final SharedCaches caches;
  private final Notices notices;
  private final MartMetrics metrics;
  private final Clock clock;
  private final NameCache names = new NameCache();
  private MartSources sources;
  private MartRuns runs;
  private MartPlans plans;
  private MartDeletion deletion;

  public DataMartReconciler(
      Warehouses warehouses,
      SqlAnalyzer analyzer,
      MartBoard board,
      SharedCaches caches,
      Notices notices,
      MartMetrics metrics,
      Clock clock) {
    this.warehouses = warehouses;
    this.analyzer = analyzer;
    this.board = board;
    this.caches = caches;
    this.notices = notices;
    this.metrics = metrics;
    this.clock = clock;
  }

  @Override
  public List<EventSource<?, DataMart>> prepareEventSources(EventSourceContext<DataMart> context) {
    sources = MartSources.of(context, caches, names);
    runs =
        new MartRuns(warehouses, board.locks(), it -> stays(it, context.getPrimaryCache()), clock);
    board.follow(context.getPrimaryCache()::get, runs::wake);
    caches.listen(
        ModelService.class,
        service -> MartSources.read(service, context.getPrimaryCache()).forEach(runs::wake));
    plans =
        new MartPlans(
            new MartPlanner(warehouses, analyzer, board.locks(), clock), board::builds, clock);
    deletion =
        new MartDeletion(runs, new MartEraser(warehouses, board.locks(), clock), notices, clock);
    return List.of(
        sources.warehouses(),
        sources.inputs(),
        sources.jobs(),
        sources.marts(),
        runs,
        plans.answers(),
        deletion.answers());
  }

  private static boolean stays(DataMart mart, IndexerResourceCache<DataMart> known) {
    return known
        .get(ResourceID.fromResource(mart))
        .filter(it -> it.getMetadata().getUid().equals(mart.getMetadata().getUid()))
        .filter(it -> !it.isMarkedForDeletion())
        .isPresent();
  }

  @Override
  public UpdateControl<DataMart> reconcile(DataMart mart, Context<DataMart> context) {
    if (context.isPrimaryResourceDeleted()) {
      var who = ResourceID.fromResource(mart);
      runs.forget(who);
      plans.forget(who);
      deletion.forget(who);
      board.forget(who);
      return UpdateControl.noUpdate();
    }
    var around = sources.surroundings(mart);
    if (mart.isMarkedForDeletion()) {
      return again(deletion.proceed(mart, around, context));
    }
    if (deletion.guard(mart, around, context)) {
      return UpdateControl.noUpdate();
    }
    return keep(new MartStep(mart, clock), around, context);
  }

  private UpdateControl<DataMart> keep(
      MartStep step, MartSurroundings around, Context<DataMart> context) {
    var run = new RunFollower(runs, step);
    MartRows.align(step);
    var resolution = MartResolver.resolve(step.mart, around);
    run.follow(resolution);
    var outcome = judge(step, resolution, around);
    outcome
        .flatMap(it -> Readiness.report(step.conditions, it))
        .ifPresent(changes -> step.lookAgainAt(step.now.plus(changes)));
    var begun = begin(step, resolution, outcome);
    run.answerCancel(begun.isPresent());
    report(step, context);
    board.tell(step, resolution);
    // only now that status tells of it
    step.over.ifPresent(runs::tidy);
    begun.ifPresent(it -> runs.start(step.mart, it));
    return again(step.lookAgain());
  }

  private static UpdateControl<DataMart> again(Optional<Duration> when) {
    return when.map(delay -> UpdateControl.<DataMart>noUpdate().rescheduleAfter(delay))
        .orElseGet(UpdateControl::noUpdate);
  }

  /** Whether the declaration can work; empty while that is asked and was so before. */
  private Optional<Outcome> judge(
      MartStep step, MartResolution resolution, MartSurroundings around) {
    return switch (resolution) {
      case Unresolved(var outcome) -> Optional.of(outcome);
      case Resolved(var resolved) -> plans.judge(step, resolved, around);
    };
  }

  private static Optional<RunPlan> begin(
      MartStep step, MartResolution resolution, Optional<Outcome> outcome) {
    var can =
        step.running().isEmpty()
            && outcome.map(it -> it instanceof Outcome.Done).orElse(true)
            && step.conditions.isTrue(READY)
            && !step.conditions.isTrue(STALLED);
    return switch (resolution) {
      case Resolved(var resolved) when can -> RunStart.begin(step, resolved);
      case Resolved _, Unresolved _ -> Optional.empty();
    };
  }

  private void report(MartStep step, Context<DataMart> context) {
    var mart = step.mart;
    var before = step.stored.map(DataMartStatus::conditions).orElse(List.of());
    MartStatus.degraded(step.conditions, mart.getSpec());
    Notice.ofReadiness(before, step.conditions.toList()).ifPresent(step.notices::add);
    step.ended.ifPresent(run -> step.notices.addAll(told(run, step.report.orElseThrow())));
    var status = MartStatus.of(step);
    step.notices.forEach(notice -> notices.tell(mart, notice));
    StatusWriter.write(mart, status, DataMart::new, context);
    step.ended.ifPresent(run -> metrics.count(run, step.report.orElseThrow()));
  }

  /** What to tell of a run that has ended. */
  static List<Notice> told(MartRun run, RunReport report) {
    var warnings = report.broken().stream().filter(TableEnd.Broken::warns).toList();
    return warnings.isEmpty()
        ? List.of(told(run))
        : List.of(
            told(run),
            new Notice(
                Notice.Type.Warning,
                MartReason.CHECKS_WARNED.code(),
                "Run %s: %s".formatted(run.id(), RunReport.describe(warnings)),
                "warned " + run.id() + run.completionTime()));
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
