package dev.naru.operator.model;

import dev.naru.operator.pod.PodEvents;
import dev.naru.operator.pod.PodTrouble;
import dev.naru.operator.status.Reason;
import dev.naru.operator.status.Texts;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetCondition;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Why a pod of the newest revision does not answer, in words that say what to do. Pure but for the
 * Events that it asks for.
 *
 * @param reason as conditions carry it
 * @param message without clock and random id
 * @param lasting whether it does not end by itself
 */
record ServingTrouble(String reason, String message, boolean lasting) {

  private static final Set<String> IMAGE =
      Set.of(
          "ErrImagePull",
          "ImagePullBackOff",
          "InvalidImageName",
          "ErrImageNeverPull",
          "ImageInspectError",
          "RegistryUnavailable");

  /** A probe fails during each start; what it answers is told when the start takes longer. */
  private static final Duration QUICK_START = Duration.ofSeconds(20);

  /** After so many restarts the next one will not mend it. */
  static final int RESTARTS = 3;

  /** The kubelet's words for what it killed because of a probe. */
  private static final Set<Integer> KILLED = Set.of(137, 143);

  private static final int MAX_LOG = 1000;

  /** What holds the newest revision back, that which lasts first. */
  static Optional<ServingTrouble> of(ServingDeployment deployed, PodEvents events, Clock clock) {
    return deployed.pods().stream()
        .flatMap(it -> of(it, events, clock).stream())
        .min(Comparator.comparingInt(it -> it.lasting() ? 0 : 1))
        .or(() -> refused(deployed));
  }

  private static Optional<ServingTrouble> refused(ServingDeployment deployed) {
    return deployed.newestReplicaSet().map(it -> it.getStatus()).stream()
        .flatMap(it -> it.getConditions().stream())
        .filter(it -> it.getType().equals("ReplicaFailure") && it.getStatus().equals("True"))
        .filter(it -> PodTrouble.FAILED_CREATE.equals(it.getReason()))
        .map(ReplicaSetCondition::getMessage)
        .findFirst()
        .map(ServingTrouble::refused);
  }

  private static ServingTrouble refused(String message) {
    // the name of a pod that never was
    var words = message.replaceFirst("^pods \"[^\"]*\" is forbidden: ", "");
    return words.contains("exceeded quota")
        ? new ServingTrouble(
            ModelReason.QUOTA_EXCEEDED.code(),
            "the namespace's quota allows no more pods: %s; lower spec.pod.resources or the number of pods, or have the quota raised"
                .formatted(words),
            true)
        : new ServingTrouble(
            ModelReason.POD_REFUSED.code(), "the pods are refused: " + words, true);
  }

  static Optional<ServingTrouble> of(Pod pod, PodEvents events, Clock clock) {
    if (pod.getStatus() == null || ready(pod)) {
      return Optional.empty();
    }
    return unschedulable(pod)
        .or(() -> ModelTrouble.of(pod))
        .or(
            () ->
                container(pod.getStatus().getContainerStatuses(), PodManifests.CONTAINER)
                    .flatMap(it -> of(pod, it, events, clock)));
  }

  static Optional<ContainerStatus> container(List<ContainerStatus> all, String name) {
    return all.stream().filter(it -> it.getName().equals(name)).findFirst();
  }

  static int restarts(ContainerStatus container) {
    return Optional.ofNullable(container.getRestartCount()).orElse(0);
  }

  private static Optional<ServingTrouble> of(
      Pod pod, ContainerStatus container, PodEvents events, Clock clock) {
    var waiting = Optional.ofNullable(container.getState()).map(ContainerState::getWaiting);
    var held = waiting.flatMap(it -> held("spec.image", container, it));
    if (held.isPresent()) {
      return held;
    }
    var end = lastEnd(container);
    if (end.isPresent()) {
      return Optional.of(ended(pod, container, end.get(), events));
    }
    return Optional.ofNullable(container.getState())
        .map(ContainerState::getRunning)
        .filter(
            it ->
                it.getStartedAt() != null
                    && Instant.parse(it.getStartedAt()).plus(QUICK_START).isBefore(clock.instant()))
        .flatMap(_ -> lastAnswer(pod, events))
        .map(it -> probeFailing(it, false));
  }

  /** Before the container runs for the first time. */
  static Optional<ServingTrouble> held(
      String path, ContainerStatus container, ContainerStateWaiting waiting) {
    var reason = waiting.getReason() == null ? "" : waiting.getReason();
    var message = waiting.getMessage() == null ? "" : waiting.getMessage();
    if (IMAGE.contains(reason)) {
      return Optional.of(image(path, container.getImage(), reason, message));
    }
    if (!List.of("CreateContainerConfigError", "CreateContainerError", "RunContainerError")
        .contains(reason)) {
      return Optional.empty();
    }
    if (message.contains("will run as root") || message.contains("non-numeric user")) {
      return Optional.of(
          new ServingTrouble(
              ModelReason.IMAGE_RUNS_AS_ROOT.code(),
              "spec.image: %s; build it with a line such as USER 65532 (a number)"
                  .formatted(message.replaceFirst(" \\(pod: .*$", "")),
              true));
    }
    return Optional.of(
        message.contains("not found") || message.contains("couldn't find key")
            ? new ServingTrouble(
                Reason.DEPENDENCY_MISSING.code(),
                "the container cannot be made: %s; create it, the pods start by themselves then"
                    .formatted(message),
                false)
            : new ServingTrouble(
                Reason.POD_PENDING.code(), "the container cannot be made: " + message, false));
  }

  private static ServingTrouble image(String path, String image, String reason, String message) {
    // alternately the error and "Back-off pulling image …: ErrImagePull: " with the same error
    var error = message.replaceFirst("^.*?ErrImagePull: ", "");
    return new ServingTrouble(
        ModelReason.IMAGE_PULL_FAILED.code(),
        "%s: %s cannot be pulled%s; correct it, or let the cluster's nodes read that registry"
            .formatted(
                path,
                image,
                error.isEmpty() || error.startsWith("Back-off pulling image") ? "" : ": " + error),
        reason.equals("InvalidImageName") || reason.equals("ImagePullBackOff"));
  }

  static Optional<ContainerStateTerminated> lastEnd(ContainerStatus container) {
    return Optional.ofNullable(container.getState())
        .map(ContainerState::getTerminated)
        .or(() -> Optional.ofNullable(container.getLastState()).map(ContainerState::getTerminated));
  }

  private static ServingTrouble ended(
      Pod pod, ContainerStatus container, ContainerStateTerminated end, PodEvents events) {
    var lasting = restarts(container) >= RESTARTS;
    if ("OOMKilled".equals(end.getReason())) {
      return new ServingTrouble(
          ModelReason.OUT_OF_MEMORY.code(),
          "the container needs more than its %s of memory: raise spec.pod.resources.limits.memory, or make the model smaller"
              .formatted(memory(pod)),
          lasting);
    }
    if (KILLED.contains(end.getExitCode())) {
      var answer = lastAnswer(pod, events);
      if (answer.isPresent()) {
        return probeFailing(answer.get(), lasting);
      }
    }
    var log = end.getMessage() == null ? "" : end.getMessage().strip();
    return new ServingTrouble(
        ModelReason.CRASHING.code(),
        "the container ends with exit code %d%s"
            .formatted(
                end.getExitCode(),
                log.isEmpty() ? ", and logged nothing" : "; its last lines: " + tail(log)),
        lasting);
  }

  static String tail(String log) {
    return log.length() <= MAX_LOG ? log : "…" + log.substring(log.length() - MAX_LOG + 1);
  }

  private static String memory(Pod pod) {
    return pod.getSpec().getContainers().stream()
        .filter(it -> it.getName().equals(PodManifests.CONTAINER))
        .map(it -> it.getResources().getLimits().get("memory"))
        .filter(it -> it != null)
        .map(Object::toString)
        .findFirst()
        .orElse("share");
  }

  private static ServingTrouble probeFailing(String answer, boolean lasting) {
    return new ServingTrouble(
        ModelReason.PROBE_FAILING.code(),
        "the container runs, but: %s; see spec.probes, and the container's log"
            .formatted(Texts.cut(answer, MAX_LOG)),
        lasting);
  }

  private static Optional<String> lastAnswer(Pod pod, PodEvents events) {
    return PodTrouble.latest(events.unhealthy(pod)).map(Event::getMessage);
  }

  private static Optional<ServingTrouble> unschedulable(Pod pod) {
    return PodTrouble.unscheduled(pod)
        .map(
            it ->
                new ServingTrouble(
                    ModelReason.UNSCHEDULABLE.code(),
                    "no node takes the pod: %s; ask for less in spec.pod, or add nodes"
                        .formatted(it),
                    false));
  }

  private static boolean ready(Pod pod) {
    return pod.getStatus().getConditions().stream()
        .anyMatch(it -> it.getType().equals("Ready") && it.getStatus().equals("True"));
  }
}
