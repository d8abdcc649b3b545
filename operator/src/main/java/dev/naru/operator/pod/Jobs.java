package dev.naru.operator.pod;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Reads the status of Jobs and of their pods. */
public final class Jobs {

  private static final String JOB_UID = "batch.kubernetes.io/controller-uid";

  private Jobs() {}

  /** The condition that ended the Job: Complete or Failed. */
  public static Optional<JobCondition> end(Job job) {
    if (job.getStatus() == null) {
      return Optional.empty();
    }
    return job.getStatus().getConditions().stream()
        .filter(it -> it.getType().equals("Complete") || it.getType().equals("Failed"))
        .filter(it -> it.getStatus().equals("True"))
        .findFirst();
  }

  /** Whether the Job goes on. */
  public static boolean active(Job job) {
    return end(job).isEmpty();
  }

  /** When the Job was created: unlike its start, known at once and for good. */
  public static Instant startTime(Job job) {
    return Instant.parse(job.getMetadata().getCreationTimestamp());
  }

  /** When the Job ended. */
  public static Instant endTime(Job job) {
    return end(job)
        .map(JobCondition::getLastTransitionTime)
        .map(Instant::parse)
        .orElseGet(() -> startTime(job));
  }

  /** The pods of a Job, newest first. */
  public static List<Pod> pods(Job job, Collection<Pod> pods) {
    return pods.stream()
        .filter(it -> job.getMetadata().getUid().equals(it.getMetadata().getLabels().get(JOB_UID)))
        .sorted(
            Comparator.comparing((Pod it) -> it.getMetadata().getCreationTimestamp()).reversed())
        .toList();
  }

  /** What the pod's worker wrote at its end; empty when it has not ended or wrote nothing. */
  public static Optional<String> terminationMessage(Pod pod) {
    if (pod.getStatus() == null) {
      return Optional.empty();
    }
    return pod.getStatus().getContainerStatuses().stream()
        .filter(it -> it.getName().equals(WorkerJob.CONTAINER))
        .map(ContainerStatus::getState)
        .filter(it -> it != null && it.getTerminated() != null)
        .map(it -> it.getTerminated().getMessage())
        .filter(it -> it != null && !it.isBlank())
        .findFirst();
  }
}
