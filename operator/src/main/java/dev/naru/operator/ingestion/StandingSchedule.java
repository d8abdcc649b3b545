package dev.naru.operator.ingestion;

import dev.naru.crds.v1alpha1.IngestionJob;
import dev.naru.operator.kube.Applied;
import dev.naru.operator.kube.Applier;
import dev.naru.operator.kube.Children;
import dev.naru.operator.status.Outcome;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.List;

/**
 * The schedule that stands while what is declared now cannot be realised. It goes on as it was, for
 * a mistake in a spec or a template must stop no data; but whoever suspends has a reason, so that
 * is done whatever else is wrong.
 */
record StandingSchedule(Applier applier) {

  /** Suspends it or lets it go on, as declared, and says so. */
  Outcome keep(
      IngestionJob job, Outcome outcome, List<ObservedRun> runs, IngestionSources sources) {
    var found =
        sources
            .cronJobs()
            .get(ResourceID.fromResource(job))
            .filter(it -> Children.controlledBy(it, job) && !it.isMarkedForDeletion());
    if (found.isEmpty()) {
      return outcome;
    }
    var cronJob = found.get();
    var declared = Boolean.TRUE.equals(job.getSpec().suspend());
    // Forbid sees only the CronJob's own Jobs
    var wanted = declared || runs.stream().anyMatch(it -> it.requested() && it.active());
    if (wanted != Boolean.TRUE.equals(cronJob.getSpec().getSuspend())) {
      var applied =
          applier.amend(cronJob, "{\"suspend\": %b}".formatted(wanted), sources.cronJobs());
      if (applied instanceof Applied.Refused refused) {
        return outcome.saying(
            "; CronJob %s cannot be %s: the API server says %s"
                .formatted(refused.name(), wanted ? "suspended" : "resumed", refused.why()));
      }
    }
    return outcome.saying(
        declared
            ? "; no new run starts while spec.suspend is true"
            : "; until then the schedule goes on as it was last realised");
  }
}
