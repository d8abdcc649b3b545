package dev.naru.operator.ingestion;

import dev.naru.crds.v1alpha1.IngestionJob;
import dev.naru.crds.v1alpha1.IngestionJobSpec;
import dev.naru.crds.v1alpha1.Labels;
import dev.naru.operator.kube.Applied;
import dev.naru.operator.kube.Applier;
import dev.naru.operator.kube.Children;
import dev.naru.operator.pod.Jobs;
import dev.naru.operator.pod.WorkerImage;
import dev.naru.operator.schedule.Standing;
import dev.naru.operator.status.ChildReport;
import dev.naru.operator.status.EventReason;
import dev.naru.operator.status.Notice;
import dev.naru.operator.status.Outcome;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Makes the children of a resolved IngestionJob true, step by step, each step repeatable. */
final class IngestionRealiser {

  /**
   * The CronJob controller may still create a Job from the template it saw last, so an outdated run
   * file outlives the change of the template by this time.
   */
  private static final Duration TEMPLATE_LAG = Duration.ofMinutes(1);

  private final Applier applier;
  private final StandingSchedule standing;
  private final WorkerImage image;
  private final Clock clock;

  IngestionRealiser(Applier applier, StandingSchedule standing, WorkerImage image, Clock clock) {
    this.applier = applier;
    this.standing = standing;
    this.image = image;
    this.clock = clock;
  }

  /** Applies run file and schedule, then starts what was asked for. */
  Outcome realise(
      Progress progress,
      Resolution.Resolved resolved,
      List<ObservedRun> runs,
      IngestionSources sources) {
    var job = progress.job;
    var manifests = new IngestionManifests(job, resolved, image);
    var request = RunRequest.next(job);
    var runFile = applier.apply(job, manifests.runFile(), sources.configMaps());
    var obstacle =
        obstacle(progress, runFile, "ConfigMap", manifests.runFileName())
            .or(() -> schedule(progress, manifests, request, runs, sources));
    if (obstacle.isPresent()) {
      return standing.keep(job, obstacle.get(), runs, sources);
    }
    progress.runFileName = Optional.of(manifests.runFileName());
    return request
        .map(it -> start(progress, manifests, it, runs, sources))
        .orElseGet(() -> done(job.getSpec(), ""));
  }

  private Optional<Outcome> schedule(
      Progress progress,
      IngestionManifests manifests,
      Optional<RunRequest> request,
      List<ObservedRun> runs,
      IngestionSources sources) {
    var job = progress.job;
    // a request whose Job exists holds the schedule by its run alone: after a crash that run may
    // have ended already, and nothing would wake us to let the schedule go on
    var held =
        request.filter(it -> !exists(job, it, runs)).isPresent()
            || runs.stream().anyMatch(it -> it.requested() && it.active());
    var desired = manifests.cronJob(held);
    if (desired.isPresent()) {
      var applied = applier.apply(job, desired.get(), sources.cronJobs());
      return obstacle(progress, applied, "CronJob", job.getMetadata().getName());
    }
    sources
        .cronJobs()
        .get(ResourceID.fromResource(job))
        .filter(it -> Children.controlledBy(it, job) && !it.isMarkedForDeletion())
        .ifPresent(applier::delete);
    return Optional.empty();
  }

  /**
   * Creates the Job of a request when nothing else runs. Its name comes from the token: after a
   * crash between this write and the status it is found, not created again.
   */
  private Outcome start(
      Progress progress,
      IngestionManifests manifests,
      RunRequest request,
      List<ObservedRun> runs,
      IngestionSources sources) {
    var job = progress.job;
    var name = IngestionManifests.requestedName(job, request);
    if (!exists(job, request, runs)) {
      if (Boolean.TRUE.equals(job.getSpec().suspend())) {
        return done(job.getSpec(), "; the requested run starts when spec.suspend is false");
      }
      var inTheWay = runs.stream().filter(ObservedRun::active).findFirst();
      if (inTheWay.isPresent()) {
        return done(
            job.getSpec(),
            "; the requested run starts when run " + inTheWay.get().id() + " has ended");
      }
    }
    var applied = applier.create(job, manifests.requested(request), sources.jobs());
    var obstacle = obstacle(progress, applied, "Job", name);
    if (obstacle.isPresent()) {
      return obstacle.get();
    }
    progress.answered = Optional.of(request);
    progress.notices.add(
        Notice.normal(
            EventReason.RUN_REQUESTED,
            "%s requested: Job %s"
                .formatted(
                    switch (request.kind()) {
                      case Run -> "Run";
                      case FullRefresh -> "Full refresh";
                    },
                    name),
            request.kind() + request.token()));
    return done(job.getSpec(), "");
  }

  private static boolean exists(IngestionJob job, RunRequest request, List<ObservedRun> runs) {
    var name = IngestionManifests.requestedName(job, request);
    return runs.stream().anyMatch(it -> it.job().getMetadata().getName().equals(name));
  }

  private static Outcome done(IngestionJobSpec spec, String more) {
    return Standing.of(spec.schedule(), spec.suspend()).saying(more);
  }

  private static Optional<Outcome> obstacle(
      Progress progress, Applied applied, String kind, String name) {
    return new ChildReport(progress.job, progress.notices, progress.lookAgain::in)
        .obstacle(applied, kind, name, existedBefore(progress, kind, name));
  }

  private static boolean existedBefore(Progress progress, String kind, String name) {
    return switch (kind) {
      case "CronJob" -> IngestionStatus.realised(progress.job);
      case "ConfigMap" -> progress.runFileName.filter(name::equals).isPresent();
      default -> false;
    };
  }

  /** Removes what nothing refers to any more: outdated run files, old Jobs of requested runs. */
  void cleanUp(Progress progress, int jobsKept, List<ObservedRun> runs, IngestionSources sources) {
    var recorded =
        runs.stream()
            .filter(it -> it.requested() && !it.active() && progress.history.knows(it))
            .sorted(Comparator.comparing((ObservedRun it) -> Jobs.endTime(it.job())).reversed())
            .skip(jobsKept)
            .map(ObservedRun::job)
            .filter(it -> !it.isMarkedForDeletion())
            .toList();
    recorded.forEach(applier::delete);
    var job = progress.job;
    var used = new HashSet<>(progress.runFileName.stream().toList());
    runs.forEach(it -> used.addAll(runFiles(it.job())));
    var outdated =
        sources
            .configMaps()
            .list(
                job.getMetadata().getNamespace(),
                it -> Children.controlledBy(it, job) && !it.isMarkedForDeletion())
            .filter(it -> !used.contains(it.getMetadata().getName()))
            .toList();
    if (outdated.isEmpty()) {
      return;
    }
    var settles = sources.cronJobs().get(ResourceID.fromResource(job)).flatMap(this::settlesIn);
    if (settles.isPresent()) {
      progress.lookAgain.in(settles.get());
    } else {
      outdated.forEach(applier::delete);
    }
  }

  /** How long the CronJob controller may still use an older template; empty when it does not. */
  private Optional<Duration> settlesIn(CronJob cronJob) {
    return cronJob.getMetadata().getManagedFields().stream()
        .filter(it -> Labels.NARU.equals(it.getManager()))
        .map(ManagedFieldsEntry::getTime)
        .filter(it -> it != null)
        .map(Instant::parse)
        .max(Comparator.naturalOrder())
        .map(changed -> Duration.between(clock.instant(), changed.plus(TEMPLATE_LAG)))
        .filter(Duration::isPositive);
  }

  private static Set<String> runFiles(Job job) {
    var names = new HashSet<String>();
    for (var volume : job.getSpec().getTemplate().getSpec().getVolumes()) {
      if (volume.getConfigMap() != null) {
        names.add(volume.getConfigMap().getName());
      }
    }
    return names;
  }

  static Optional<String> runFile(HasMetadata owner, Job job) {
    var prefix = owner.getMetadata().getName();
    return runFiles(job).stream().filter(it -> it.startsWith(prefix)).findFirst();
  }
}
