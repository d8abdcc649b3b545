package dev.naru.operator.ingestion;

import static dev.naru.operator.rights.Purpose.CHILDREN;
import static dev.naru.operator.rights.Purpose.OBSERVE;
import static dev.naru.operator.rights.Purpose.RESOURCES;
import static dev.naru.operator.rights.Verb.CREATE;
import static dev.naru.operator.rights.Verb.DELETE;
import static dev.naru.operator.rights.Verb.GET;
import static dev.naru.operator.rights.Verb.LIST;
import static dev.naru.operator.rights.Verb.PATCH;
import static dev.naru.operator.rights.Verb.UPDATE;
import static dev.naru.operator.rights.Verb.WATCH;

import dev.naru.crds.v1alpha1.Annotations;
import dev.naru.crds.v1alpha1.IngestionJob;
import dev.naru.crds.v1alpha1.WorkloadTemplateSpec;
import dev.naru.operator.kube.Applier;
import dev.naru.operator.kube.Background;
import dev.naru.operator.kube.Children;
import dev.naru.operator.kube.Requests;
import dev.naru.operator.pod.PodEvents;
import dev.naru.operator.pod.WorkerImage;
import dev.naru.operator.rights.Right;
import dev.naru.operator.status.EventReason;
import dev.naru.operator.status.Notice;
import dev.naru.operator.status.Notices;
import dev.naru.operator.status.Outcome;
import dev.naru.operator.status.Readiness;
import dev.naru.operator.status.StatusWriter;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Keeps an IngestionJob's children as declared and turns what runs did into status. */
@ControllerConfiguration(name = "ingestionjob", generationAwareEventProcessing = false)
public final class IngestionReconciler implements Reconciler<IngestionJob> {

  public static final List<Right> RIGHTS =
      List.of(
          Right.on("naru.dev", "ingestionjobs", RESOURCES, "runs IngestionJobs", LIST, WATCH),
          Right.on("naru.dev", "ingestionjobs/status", RESOURCES, "says how runs went", PATCH),
          Right.on("naru.dev", "connections", RESOURCES, "where a job reads", LIST, WATCH),
          Right.on("naru.dev", "warehouses", RESOURCES, "where a job writes", LIST, WATCH),
          Right.on(
              "naru.dev",
              "ingestionjobs/finalizers",
              CHILDREN,
              "owner references that block deletion, where the API server checks them (OpenShift)",
              UPDATE),
          Right.on(
              "batch",
              "cronjobs",
              CHILDREN,
              "the schedule; deleted when it is removed",
              CREATE,
              DELETE,
              GET,
              LIST,
              PATCH,
              WATCH),
          Right.on(
              "batch",
              "jobs",
              CHILDREN,
              "requested runs: patch cancels one, delete keeps the newest three",
              CREATE,
              DELETE,
              GET,
              LIST,
              PATCH,
              WATCH),
          Right.on(
              "",
              "configmaps",
              CHILDREN,
              "run files: named by their content, deleted when no run needs them",
              CREATE,
              DELETE,
              GET,
              LIST,
              PATCH,
              WATCH),
          Right.on("", "pods", OBSERVE, "a run's result is its termination message", LIST, WATCH));

  private final IngestionRealiser realiser;
  private final StandingSchedule schedule;
  private final RunRecorder recorder;
  private final RunMetrics metrics;
  private final Optional<WorkloadTemplateSpec> clusterDefault;
  private final Notices notices;
  private final PodEvents podEvents;
  private final Clock clock;
  private IngestionSources sources;

  public IngestionReconciler(
      Applier applier,
      Notices notices,
      PodEvents podEvents,
      RunLedger ledger,
      RunMetrics metrics,
      WorkerImage image,
      Optional<WorkloadTemplateSpec> clusterDefault,
      Clock clock) {
    this.schedule = new StandingSchedule(applier);
    this.realiser = new IngestionRealiser(applier, schedule, image, clock);
    this.recorder = new RunRecorder(ledger);
    this.metrics = metrics;
    this.clusterDefault = clusterDefault;
    this.notices = notices;
    this.podEvents = podEvents;
    this.clock = clock;
  }

  @Override
  public List<EventSource<?, IngestionJob>> prepareEventSources(
      EventSourceContext<IngestionJob> context) {
    sources =
        IngestionSources.of(
            context,
            clusterDefault,
            new Background<>(
                RunLedger.Entry.class,
                "ledger",
                clock,
                it ->
                    new RunLedger.Entry.Unknown(
                        "the operator itself failed to read the ledger, see its log: " + it)));
    return sources.all();
  }

  @Override
  public UpdateControl<IngestionJob> reconcile(IngestionJob job, Context<IngestionJob> context) {
    var progress = new Progress(job, clock);
    var runs = observe(job, context);
    cancel(progress, runs, context);
    var resolution =
        IngestionResolver.resolve(
            job,
            sources.connections().get(reference(job, IngestionSources.connectionName(job))),
            sources.warehouses().get(reference(job, IngestionSources.warehouseName(job))),
            sources.templates().in(job.getMetadata().getNamespace()));
    var outcome =
        switch (resolution) {
          case Resolution.Unresolved unresolved ->
              schedule.keep(job, unresolved.outcome(), runs, sources);
          case Resolution.Resolved resolved -> realiser.realise(progress, resolved, runs, sources);
        };
    var followed = progress.answered.isPresent() ? observe(job, context) : runs;
    recorder.record(progress, followed, sources);
    report(progress, outcome, resolution, followed, context);
    if (outcome instanceof Outcome.Done && resolution instanceof Resolution.Resolved resolved) {
      realiser.cleanUp(progress, resolved.workload().historyLimit(), followed, sources);
    }
    return progress
        .lookAgain
        .delay()
        .map(delay -> UpdateControl.<IngestionJob>noUpdate().rescheduleAfter(delay))
        .orElseGet(UpdateControl::noUpdate);
  }

  private List<ObservedRun> observe(IngestionJob job, Context<IngestionJob> context) {
    Set<Pod> pods = context.getSecondaryResources(Pod.class);
    return context.getSecondaryResources(Job.class).stream()
        .filter(it -> Children.labelledFor(it, job))
        .map(it -> ObservedRun.of(job.getMetadata().getName(), it, pods, podEvents))
        .sorted(Comparator.comparing(it -> it.job().getMetadata().getCreationTimestamp()))
        .toList();
  }

  /**
   * Stops what runs: one patch marks the Job and ends its time, so that the controller kills the
   * pods and the Job stays as a trace. The mark tells a cancelled run from one that failed, also
   * after a crash.
   */
  private void cancel(Progress progress, List<ObservedRun> runs, Context<IngestionJob> context) {
    var status = Optional.ofNullable(progress.job.getStatus());
    var request =
        Requests.open(
            progress.job,
            Annotations.CANCEL_REQUESTED_AT,
            status.map(it -> it.lastHandledCancelRequest()).orElse(null));
    if (request.isEmpty()) {
      return;
    }
    var token = request.get();
    progress.answeredCancel = request;
    // a crash after the patch and before the status: the mark says that this request did its work
    if (runs.stream().anyMatch(it -> carries(it, token))) {
      return;
    }
    var active = runs.stream().filter(ObservedRun::active).toList();
    for (var run : active) {
      var patch =
          """
          {"metadata": {"uid": "%s", "annotations": {"%s": %s}}, "spec": {"activeDeadlineSeconds": 1}}\
          """
              .formatted(
                  run.job().getMetadata().getUid(),
                  ObservedRun.CANCELLED,
                  context.getClient().getKubernetesSerialization().asJson(token));
      context.getClient().resource(run.job()).patch(PatchContext.of(PatchType.JSON_MERGE), patch);
    }
    progress.notices.add(
        active.isEmpty()
            ? Notice.normal(EventReason.NOTHING_TO_CANCEL, "No run was going on", token)
            : Notice.normal(
                EventReason.CANCELLING,
                "Stopping run "
                    + String.join(", ", active.stream().map(it -> it.id().value()).toList()),
                token));
  }

  private static boolean carries(ObservedRun run, String token) {
    return ObservedRun.annotation(run.job(), ObservedRun.CANCELLED)
        .filter(token::equals)
        .isPresent();
  }

  private void report(
      Progress progress,
      Outcome outcome,
      Resolution resolution,
      List<ObservedRun> runs,
      Context<IngestionJob> context) {
    var job = progress.job;
    var before = IngestionStatus.conditions(Optional.ofNullable(job.getStatus()));
    Readiness.report(progress.conditions, outcome).ifPresent(progress.lookAgain::in);
    IngestionStatus.degraded(progress.conditions, job.getSpec());
    Notice.ofReadiness(before, progress.conditions.toList()).ifPresent(progress.notices::add);
    progress.notices.forEach(notice -> notices.tell(job, notice));
    var status = IngestionStatus.of(progress, resolution, runs, clock);
    StatusWriter.write(job, status, IngestionJob::new, context);
    metrics.count(progress.ended);
  }

  private static ResourceID reference(HasMetadata from, String name) {
    return new ResourceID(name, from.getMetadata().getNamespace());
  }
}
