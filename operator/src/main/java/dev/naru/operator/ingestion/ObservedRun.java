package dev.naru.operator.ingestion;

import dev.naru.crds.v1alpha1.Annotations;
import dev.naru.operator.pod.Jobs;
import dev.naru.operator.pod.PodEvents;
import dev.naru.operator.pod.PodTrouble;
import dev.naru.runfile.Documents;
import dev.naru.runfile.RunId;
import dev.naru.runfile.RunResult;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * One run, read from its Job and pods. Pure.
 *
 * @param cancelled whether someone asked to cancel it
 */
record ObservedRun(RunId id, Job job, boolean cancelled, RunState state) {

  /** On a Job that was told to stop: the token of the request. */
  static final String CANCELLED = "naru.dev/cancelled-by";

  /**
   * Reads one run.
   *
   * @param pods of the IngestionJob
   * @param events finds why a pod does not start
   */
  static ObservedRun of(String resource, Job job, Collection<Pod> pods, PodEvents events) {
    var token = annotation(job, Annotations.REQUEST_TOKEN).orElse("");
    var id = RunId.of(resource, job.getMetadata().getName(), job.getMetadata().getUid(), token);
    return new ObservedRun(
        id, job, annotation(job, CANCELLED).isPresent(), state(job, Jobs.pods(job, pods), events));
  }

  /** Whether the run goes on. */
  boolean active() {
    return state instanceof RunState.Active;
  }

  /** Whether it was asked for, rather than scheduled. */
  boolean requested() {
    return annotation(job, Annotations.REQUEST_TOKEN).isPresent();
  }

  static Optional<String> annotation(Job job, String key) {
    var annotations = job.getMetadata().getAnnotations();
    return annotations == null ? Optional.empty() : Optional.ofNullable(annotations.get(key));
  }

  private static RunState state(Job job, List<Pod> newestFirst, PodEvents events) {
    var results = newestFirst.stream().flatMap(pod -> result(pod).stream()).toList();
    var end = Jobs.end(job);
    if (end.isEmpty()) {
      return new RunState.Active(
          note(job, newestFirst, results, events), PodTrouble.idle(newestFirst));
    }
    return results.stream()
        // a pod that published and was killed before its end was noticed is the one that counts
        .filter(ObservedRun::published)
        .findFirst()
        .or(() -> results.stream().findFirst())
        .<RunState>map(RunState.Ended::new)
        .orElseGet(
            () ->
                new RunState.Lost(
                    end.get().getType().equals("Complete"),
                    end.get().getReason() == null ? "" : end.get().getReason()));
  }

  private static Optional<String> note(
      Job job, List<Pod> newestFirst, List<RunResult> results, PodEvents events) {
    return PodTrouble.of(job, newestFirst, events)
        .map(trouble -> "The pod does not start: " + trouble.message())
        .or(
            () ->
                results.stream()
                    .findFirst()
                    // published, and the Job's controller has not noticed yet
                    .filter(last -> !published(last))
                    .map(last -> "An attempt failed and is tried again: " + last.message()));
  }

  private static boolean published(RunResult result) {
    return switch (result.outcome()) {
      case PUBLISHED, ALREADY_PUBLISHED -> true;
      case FAILED, ACTION_NEEDED -> false;
    };
  }

  private static Optional<RunResult> result(Pod pod) {
    return Jobs.terminationMessage(pod).flatMap(ObservedRun::parse);
  }

  private static Optional<RunResult> parse(String message) {
    try {
      var result = Documents.read(message, RunResult.class);
      return Optional.of(result).filter(it -> RunResult.API_VERSION.equals(it.apiVersion()));
    } catch (IllegalArgumentException e) {
      // cut at 4 KiB, or the last lines of a log after a crash: the ledger knows better
      return Optional.empty();
    }
  }
}
