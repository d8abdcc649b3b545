package dev.naru.operator.ingestion;

import dev.naru.crds.v1alpha1.Annotations;
import dev.naru.crds.v1alpha1.Defaults;
import dev.naru.crds.v1alpha1.IngestionJob;
import dev.naru.operator.kube.Children;
import dev.naru.operator.pod.Pods;
import dev.naru.operator.pod.WorkerImage;
import dev.naru.operator.pod.WorkerJob;
import dev.naru.runfile.Documents;
import dev.naru.runfile.Mounts;
import dev.naru.runfile.RunFile;
import dev.naru.runfile.RunId;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobSpec;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The objects an IngestionJob stands for. Pure; golden YAML holds every field. */
final class IngestionManifests {

  /** Key of the run file in its ConfigMap: the file's name in the pod. */
  static final String RUN_FILE_KEY = "run.json";

  /**
   * A firing missed by at most this long (control plane away, another run in the way) is caught up;
   * with no bound at all, taking suspend away would fire at once.
   */
  private static final long STARTING_DEADLINE_SECONDS = Duration.ofHours(1).toSeconds();

  /** The worker gives up by itself at the timeout; the Job is stopped only when it did not. */
  private static final Duration REPORTING_TIME = Duration.ofMinutes(1);

  private final IngestionJob job;
  private final Resolution.Resolved resolved;
  private final WorkerImage image;

  IngestionManifests(IngestionJob job, Resolution.Resolved resolved, WorkerImage image) {
    this.job = job;
    this.resolved = resolved;
    this.image = image;
  }

  /** The run file, immutable and named by its content. */
  ConfigMap runFile() {
    return new ConfigMapBuilder()
        .withMetadata(Children.metadata(job, runFileName()))
        .withImmutable(true)
        .withData(Map.of(RUN_FILE_KEY, Documents.write(resolved.runFile())))
        .build();
  }

  /** Name of the run file's ConfigMap. */
  String runFileName() {
    return Children.name(
        job.getMetadata().getName(), RunId.hash8(Documents.write(resolved.runFile())));
  }

  /**
   * The schedule; empty when runs start by request only.
   *
   * @param held whether a requested run has the floor: {@code Forbid} sees only the CronJob's own
   *     Jobs
   */
  Optional<CronJob> cronJob(boolean held) {
    var schedule = job.getSpec().schedule();
    if (schedule == null) {
      return Optional.empty();
    }
    return Optional.of(
        new CronJobBuilder()
            .withMetadata(
                Children.metadata(
                    job, job.getMetadata().getName(), resolved.workload().pod().labels()))
            .withNewSpec()
            .withSchedule(schedule.cron())
            .withTimeZone(Defaults.timeZone(job.getSpec().schedule()))
            .withConcurrencyPolicy("Forbid")
            .withStartingDeadlineSeconds(STARTING_DEADLINE_SECONDS)
            .withSuspend(held || Boolean.TRUE.equals(job.getSpec().suspend()))
            .withSuccessfulJobsHistoryLimit(resolved.workload().historyLimit())
            .withFailedJobsHistoryLimit(resolved.workload().historyLimit())
            .withNewJobTemplate()
            .withNewMetadata()
            .withLabels(labels())
            .withAnnotations(Pods.QUIET)
            .endMetadata()
            .withSpec(jobSpec(Pods.QUIET))
            .endJobTemplate()
            .endSpec()
            .build());
  }

  /** The Job of a requested run; its name comes from the token, so that it is created once. */
  Job requested(RunRequest request) {
    var annotations = new TreeMap<>(Pods.QUIET);
    annotations.put(Annotations.RUN_REQUEST, request.kind().name());
    annotations.put(Annotations.REQUEST_TOKEN, request.token());
    return new JobBuilder()
        .withMetadata(
            Children.metadata(job, requestedName(job, request), resolved.workload().pod().labels())
                .edit()
                .withAnnotations(annotations)
                .build())
        .withSpec(jobSpec(annotations))
        .build();
  }

  static String requestedName(IngestionJob job, RunRequest request) {
    return Children.name(job.getMetadata().getName(), "m-" + RunId.hash8(request.token()));
  }

  private JobSpec jobSpec(Map<String, String> annotations) {
    return WorkerJob.spec(
        image,
        "run",
        runFileName(),
        Mounts.RUN_FILE,
        resolved.files(),
        resolved.workload().pod(),
        resolved.workload().retries(),
        labels(),
        annotations,
        Optional.of(resolved.runFile().timeout().plus(REPORTING_TIME).toSeconds()));
  }

  private Map<String, String> labels() {
    return Children.labels(job, resolved.workload().pod().labels());
  }

  /** The run file of what was resolved. */
  RunFile document() {
    return resolved.runFile();
  }
}
