package dev.naru.operator.connection;

import dev.naru.operator.pod.Jobs;
import dev.naru.operator.pod.PodEvents;
import dev.naru.operator.pod.PodTrouble;
import dev.naru.runfile.Documents;
import dev.naru.runfile.ProbeResult;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Where a probe stands, as its Job and pods show it. Pure. */
sealed interface Probe {

  /** The pod works, or is about to. */
  record Running() implements Probe {}

  /** The pod does not start. */
  record Held(PodTrouble trouble) implements Probe {}

  /** The worker answered. */
  record Answered(ProbeResult result) implements Probe {}

  /** The Job ended, and nothing says how. */
  record Lost(String job, String cause) implements Probe {}

  static Probe of(Job job, Collection<Pod> pods, PodEvents events) {
    var newestFirst = Jobs.pods(job, pods);
    var results = newestFirst.stream().flatMap(Probe::result).toList();
    var end = Jobs.end(job);
    if (end.isPresent()) {
      return results.stream()
          .findFirst()
          .<Probe>map(Answered::new)
          .orElseGet(
              () ->
                  new Lost(
                      job.getMetadata().getName(),
                      end.get().getReason() == null ? end.get().getType() : end.get().getReason()));
    }
    return PodTrouble.of(job, newestFirst, events).<Probe>map(Held::new).orElseGet(Running::new);
  }

  /** Whether the probe goes on without a pod at work. */
  static boolean pending(Job job, Collection<Pod> pods) {
    return Jobs.active(job) && PodTrouble.idle(Jobs.pods(job, pods));
  }

  private static Stream<ProbeResult> result(Pod pod) {
    return Jobs.terminationMessage(pod).flatMap(Probe::parse).stream();
  }

  private static Optional<ProbeResult> parse(String message) {
    try {
      return List.of(Documents.read(message, ProbeResult.class)).stream()
          .filter(it -> ProbeResult.API_VERSION.equals(it.apiVersion()))
          .findFirst();
    } catch (IllegalArgumentException e) {
      // not a result: the last lines of a log after a crash
      return Optional.empty();
    }
  }
}
