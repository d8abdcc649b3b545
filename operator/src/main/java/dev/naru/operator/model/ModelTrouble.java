package dev.naru.operator.model;

import dev.naru.runfile.FetchEnd;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Optional;

/** Why a model is not fetched, from the exit code and the last words of what fetches it. Pure. */
final class ModelTrouble {

  private ModelTrouble() {}

  /** What holds back a pod whose model is not there yet. */
  static Optional<ServingTrouble> of(Pod pod) {
    var container =
        ServingTrouble.container(
                pod.getStatus().getInitContainerStatuses(), ModelManifests.CONTAINER)
            .filter(it -> !Boolean.TRUE.equals(it.getReady()));
    return container
        .flatMap(it -> Optional.ofNullable(it.getState()))
        .map(ContainerState::getWaiting)
        .flatMap(it -> ServingTrouble.held("the image of Naru's worker", container.get(), it))
        .or(
            () ->
                container
                    .flatMap(ServingTrouble::lastEnd)
                    .map(it -> notFetched(container.get(), it)));
  }

  private static ServingTrouble notFetched(
      ContainerStatus container, ContainerStateTerminated end) {
    var words =
        end.getMessage() == null || end.getMessage().isBlank()
            ? "exit code " + end.getExitCode()
            : ServingTrouble.tail(end.getMessage().strip());
    return switch (FetchEnd.of(end.getExitCode()).orElse(FetchEnd.FAILED)) {
      case NOT_FOUND ->
          model(ModelReason.MODEL_NOT_FOUND, words + "; correct spec.model.uri, or put it there");
      case ACCESS_DENIED ->
          model(
              ModelReason.MODEL_ACCESS_DENIED,
              words + "; let the pods' ServiceAccount read it (Workload Identity)");
      case CHECKSUM_MISMATCH ->
          model(
              ModelReason.MODEL_CHECKSUM_MISMATCH,
              words + "; write the checksum of the version that is to be served");
      case TOO_LARGE ->
          model(
              ModelReason.MODEL_TOO_LARGE_FOR_DISK,
              words + "; use nodes with a larger disk, or a smaller model");
      case FAILED, DONE ->
          new ServingTrouble(
              ModelReason.MODEL_FETCH_FAILED.code(),
              "the model cannot be fetched: " + words,
              ServingTrouble.restarts(container) >= ServingTrouble.RESTARTS);
    };
  }

  private static ServingTrouble model(ModelReason reason, String message) {
    return new ServingTrouble(reason.code(), "spec.model: " + message, true);
  }
}
