package dev.naru.operator.ingestion;

import static dev.naru.crds.v1alpha1.ConditionTypes.READY;
import static dev.naru.crds.v1alpha1.ConditionTypes.RUN_HEALTHY;

import dev.naru.crds.v1alpha1.Condition;
import dev.naru.crds.v1alpha1.ConditionStatus;
import dev.naru.crds.v1alpha1.Defaults;
import dev.naru.crds.v1alpha1.DegradeOn;
import dev.naru.crds.v1alpha1.IngestionJob;
import dev.naru.crds.v1alpha1.IngestionJobSpec;
import dev.naru.crds.v1alpha1.IngestionJobStatus;
import dev.naru.crds.v1alpha1.LoadMode;
import dev.naru.crds.v1alpha1.NextLoad;
import dev.naru.crds.v1alpha1.Run;
import dev.naru.operator.schedule.Cron;
import dev.naru.operator.status.Conditions;
import dev.naru.operator.status.Texts;
import dev.naru.operator.template.Traced;
import dev.naru.operator.template.Workload;
import dev.naru.runfile.Fingerprint;
import dev.naru.runfile.RunFile;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The parts of an IngestionJob's status. Pure. */
final class IngestionStatus {

  /** A pod that does not start is looked at again after this time. */
  private static final Duration PENDING_RETRY = Duration.ofSeconds(15);

  /** The CronJob controller needs a moment to fire. */
  private static final Duration AFTER_FIRING = Duration.ofSeconds(5);

  private IngestionStatus() {}

  /** The complete status after a reconcile. */
  static IngestionJobStatus of(
      Progress progress, Resolution resolution, List<ObservedRun> runs, Clock clock) {
    var job = progress.job;
    var before = Optional.ofNullable(job.getStatus());
    var running = runs.stream().filter(ObservedRun::active).reduce((_, newer) -> newer);
    running
        .filter(it -> it.state() instanceof RunState.Active(_, var pending) && pending)
        .ifPresent(_ -> progress.lookAgain.in(PENDING_RETRY));
    var next = nextRun(resolution, job.getSpec(), clock.instant());
    next.ifPresent(
        it -> progress.lookAgain.in(Duration.between(clock.instant(), it).plus(AFTER_FIRING)));
    return new IngestionJobStatus(
        job.getMetadata().getGeneration(),
        progress.conditions.toList(),
        progress.history.dataThrough().orElse(null),
        running.map(RunRecord::active).or(progress.history::newest).orElse(null),
        progress.history.lastSuccess().orElse(null),
        next.map(Instant::toString).orElse(null),
        nextLoad(progress, resolution).orElse(null),
        progress.history.ended(),
        effective(job, resolution),
        progress.runFileName.orElse(null),
        answered(progress, RunRequest.Kind.Run)
            .or(() -> before.map(it -> it.lastHandledRunRequest()))
            .orElse(null),
        answered(progress, RunRequest.Kind.FullRefresh)
            .or(() -> before.map(it -> it.lastHandledFullRefreshRequest()))
            .orElse(null),
        progress
            .answeredCancel
            .or(() -> before.map(it -> it.lastHandledCancelRequest()))
            .orElse(null));
  }

  private static Optional<String> answered(Progress progress, RunRequest.Kind kind) {
    return progress.answered.filter(it -> it.kind() == kind).map(RunRequest::token);
  }

  private static Optional<NextLoad> nextLoad(Progress progress, Resolution resolution) {
    return switch (resolution) {
      case Resolution.Resolved resolved ->
          nextLoad(
              resolved.runFile(),
              progress.history.lastSuccess(),
              RunRequest.next(progress.job).filter(it -> progress.answered.isEmpty()));
      case Resolution.Unresolved _ ->
          Optional.ofNullable(progress.job.getStatus()).map(IngestionJobStatus::nextLoad);
    };
  }

  private static Optional<Instant> nextRun(
      Resolution resolution, IngestionJobSpec spec, Instant now) {
    return switch (resolution) {
      case Resolution.Resolved _ -> nextRun(spec, now);
      case Resolution.Unresolved _ -> Optional.empty();
    };
  }

  /** Sets RunHealthy from a run that just ended; a cancelled one says nothing about health. */
  static void health(Conditions conditions, RunRecord ended) {
    switch (ended.run().result()) {
      case SUCCEEDED ->
          conditions.set(RUN_HEALTHY, ConditionStatus.TRUE, ended.reason(), ended.run().message());
      case FAILED ->
          conditions.set(RUN_HEALTHY, ConditionStatus.FALSE, ended.reason(), ended.run().message());
      case CANCELLED, RUNNING, UNKNOWN -> {}
    }
  }

  /** Sets Degraded as {@code spec.degradeOn} declares it. */
  static void degraded(Conditions conditions, IngestionJobSpec spec) {
    conditions.degrade(spec.degradeOn().contains(DegradeOn.RUN) ? List.of(RUN_HEALTHY) : List.of());
  }

  /** When the schedule fires next; empty without a schedule and while suspended. */
  static Optional<Instant> nextRun(IngestionJobSpec spec, Instant now) {
    if (spec.schedule() == null || Boolean.TRUE.equals(spec.suspend())) {
      return Optional.empty();
    }
    return Cron.parse(spec.schedule().cron(), Defaults.timeZone(spec.schedule())).next(now);
  }

  /** Announces a full load of an incremental job, with the fields whose change is the cause. */
  static Optional<NextLoad> nextLoad(
      RunFile runFile, Optional<Run> lastSuccess, Optional<RunRequest> request) {
    if (runFile.load().mode() == RunFile.Mode.FULL) {
      return Optional.empty();
    }
    if (request.filter(it -> it.kind() == RunRequest.Kind.FullRefresh).isPresent()) {
      return Optional.of(new NextLoad(LoadMode.FULL, "a full refresh was requested"));
    }
    if (lastSuccess.isEmpty()) {
      return Optional.of(
          new NextLoad(LoadMode.FULL, "the first run of an incremental job loads everything"));
    }
    var before = lastSuccess.get().fingerprint();
    if (before == null) {
      return Optional.empty();
    }
    var changed = Fingerprint.of(runFile).changedSince(Fingerprint.parse(before));
    return changed.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new NextLoad(
                LoadMode.FULL,
                String.join(", ", changed) + " changed: everything is loaded again"));
  }

  /** Fields that are absent in spec, by path, the value that counts, and whose it is. */
  private static Map<String, String> effective(IngestionJob job, Resolution resolution) {
    return switch (resolution) {
      case Resolution.Resolved resolved -> effective(job.getSpec(), resolved.workload());
      // as the children are: what was last realised
      case Resolution.Unresolved _ ->
          Optional.ofNullable(job.getStatus()).map(IngestionJobStatus::effective).orElse(Map.of());
    };
  }

  static Map<String, String> effective(IngestionJobSpec spec, Workload.Effective workload) {
    var effective = new TreeMap<String, String>(workload.shown());
    if (spec.parallelism() == null) {
      effective.put("spec.parallelism", Integer.toString(Defaults.PARALLELISM));
    }
    if (spec.timeout() == null) {
      effective.put(
          "spec.timeout", workload.timeout().map(Traced::withOrigin).orElse(Defaults.TIMEOUT));
    }
    if (spec.schedule() != null && spec.schedule().timeZone() == null) {
      effective.put("spec.schedule.timeZone", Defaults.TIME_ZONE);
    }
    if (spec.load().incremental() != null
        && spec.load().incremental().cursor().lookback() == null) {
      effective.put("spec.load.incremental.cursor.lookback", Defaults.LOOKBACK);
    }
    if (spec.schemaPolicy() == null || spec.schemaPolicy().newColumns() == null) {
      effective.put("spec.schemaPolicy.newColumns", newColumns(spec));
    }
    return Texts.bounded(effective, "CronJob");
  }

  private static String newColumns(IngestionJobSpec spec) {
    return switch (Defaults.newColumns(spec.source().columns() != null)) {
      case ADD -> "Add";
      case REPORT -> "Report";
      case FAIL -> "Fail";
      case UNKNOWN -> throw new IllegalStateException("no default is unknown");
    };
  }

  /** Whether the stored status says that this very generation was realised. */
  static boolean realised(IngestionJob job) {
    return Optional.ofNullable(job.getStatus())
        .filter(it -> job.getMetadata().getGeneration().equals(it.observedGeneration()))
        .filter(it -> Conditions.isTrue(it.conditions(), READY))
        .isPresent();
  }

  static List<Condition> conditions(Optional<IngestionJobStatus> status) {
    return status.map(IngestionJobStatus::conditions).orElse(List.of());
  }
}
