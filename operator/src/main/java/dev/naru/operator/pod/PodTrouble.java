package dev.naru.operator.pod;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Why a pod does not start, in words that say what to do. */
public sealed interface PodTrouble {

  /** For people. */
  String message();

  /** A Secret, a ConfigMap or one of their keys does not exist (yet). */
  record Missing(String message) implements PodTrouble {}

  /** Anything else that holds the pod back. */
  record Waiting(String message) implements PodTrouble {}

  /** Reason of the kubelet's Events about volumes. */
  String FAILED_MOUNT = "FailedMount";

  /** Reason of the Job controller's Events about pods that were refused. */
  String FAILED_CREATE = "FailedCreate";

  // the kubelet's texts: 'secret "x" not found', and for keys 'references non-existent secret key:
  // k'
  Pattern OBJECT = Pattern.compile("(secret|configmap) \"([^\"]+)\" not found");
  Pattern KEY =
      Pattern.compile("volume \"([^\"]+)\".*references non-existent (secret|config) key: (\\S+)");

  /**
   * What holds back a Job that goes on.
   *
   * @param newestFirst its pods
   */
  static Optional<PodTrouble> of(Job job, List<Pod> newestFirst, PodEvents events) {
    if (newestFirst.isEmpty()) {
      return latest(events.failedCreates(job))
          .map(it -> new Waiting("the pod is refused: " + it.getMessage()));
    }
    return newestFirst.stream()
        .limit(1)
        .filter(PodTrouble::pending)
        .flatMap(pod -> of(pod, events.failedMounts(pod)).stream())
        .findFirst();
  }

  /** Whether a Job that goes on has no pod at work: why is told by Events, which wake nobody. */
  static boolean idle(List<Pod> newestFirst) {
    return newestFirst.isEmpty() || pending(newestFirst.getFirst());
  }

  /**
   * What holds a pending pod back.
   *
   * @param failedMounts Events with reason {@link #FAILED_MOUNT} about the pod
   */
  static Optional<PodTrouble> of(Pod pod, List<Event> failedMounts) {
    if (!pending(pod)) {
      return Optional.empty();
    }
    return latest(failedMounts)
        .map(event -> mount(pod, event.getMessage()))
        .or(() -> image(pod))
        .or(() -> unscheduled(pod).map(it -> new Waiting("no node takes the pod: " + it)));
  }

  /** Whether a pod has not started yet. */
  static boolean pending(Pod pod) {
    return pod.getStatus() != null && "Pending".equals(pod.getStatus().getPhase());
  }

  /** The last Event of some. */
  static Optional<Event> latest(List<Event> events) {
    return events.stream()
        .max(
            Comparator.comparing(it -> it.getLastTimestamp() == null ? "" : it.getLastTimestamp()));
  }

  private static PodTrouble mount(Pod pod, String message) {
    var object = OBJECT.matcher(message);
    if (object.find()) {
      var kind = object.group(1).equals("secret") ? "Secret" : "ConfigMap";
      return new Missing(
          "%s %s does not exist in namespace %s: create it%s; the pod starts by itself then"
              .formatted(
                  kind,
                  object.group(2),
                  pod.getMetadata().getNamespace(),
                  kind.equals("Secret") ? " with the keys username and password" : ""));
    }
    var key = KEY.matcher(message);
    if (key.find()) {
      return new Missing(
          "%s has no key '%s': add the key; the pod starts by itself then"
              .formatted(volumeSource(pod, key.group(1)), key.group(3)));
    }
    return new Waiting("a volume cannot be mounted: " + message);
  }

  private static String volumeSource(Pod pod, String volume) {
    return pod.getSpec().getVolumes().stream()
        .filter(it -> it.getName().equals(volume))
        .findFirst()
        .map(
            it ->
                it.getSecret() != null
                    ? "Secret " + it.getSecret().getSecretName()
                    : "ConfigMap " + it.getConfigMap().getName())
        .orElse("volume " + volume);
  }

  private static Optional<PodTrouble> image(Pod pod) {
    return pod.getStatus().getContainerStatuses().stream()
        .filter(it -> it.getState() != null && it.getState().getWaiting() != null)
        .map(it -> it.getState().getWaiting())
        .filter(it -> it.getReason() != null && !it.getReason().equals("ContainerCreating"))
        .findFirst()
        .map(
            it ->
                new Waiting(
                    it.getMessage() == null
                        ? it.getReason()
                        : it.getReason() + ": " + it.getMessage()));
  }

  /** What the scheduler misses for a pod that it finds no node for. */
  static Optional<String> unscheduled(Pod pod) {
    return pod.getStatus().getConditions().stream()
        .filter(it -> it.getType().equals("PodScheduled") && it.getStatus().equals("False"))
        .findFirst()
        .map(PodCondition::getMessage);
  }
}
