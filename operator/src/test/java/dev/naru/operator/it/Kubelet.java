package dev.naru.operator.it;

import dev.naru.runfile.Documents;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Comparator;

/** Plays the node: ends pods, or tells why they do not start. */
final class Kubelet {

  private final KubernetesClient client;
  private final String namespace;

  Kubelet(KubernetesClient client, String namespace) {
    this.client = client;
    this.namespace = namespace;
  }

  /** The newest pod of a Job, once the Job controller made it. */
  Pod pod(String job) {
    Await.until("a pod of " + job, () -> newest(job) != null);
    return newest(job);
  }

  /** Ends the pod with what the worker wrote. */
  void ends(String job, int exitCode, Object result) {
    ends(job, exitCode, Documents.write(result));
  }

  /** Ends the pod with any termination message. */
  void ends(String job, int exitCode, String message) {
    var pod = pod(job);
    pod.setStatus(
        new PodStatusBuilder(pod.getStatus())
            .withPhase(exitCode == 0 ? "Succeeded" : "Failed")
            .withContainerStatuses(
                new ContainerStatusBuilder()
                    .withName("worker")
                    .withImage("naru-worker:dev")
                    .withImageID("")
                    .withReady(false)
                    .withRestartCount(0)
                    .withState(
                        new ContainerStateBuilder()
                            .withNewTerminated()
                            .withExitCode(exitCode)
                            .withMessage(message)
                            .withReason(exitCode == 0 ? "Completed" : "Error")
                            .endTerminated()
                            .build())
                    .build())
            .build());
    client.resource(pod).patchStatus();
  }

  /** Tells what the kubelet tells when a volume cannot be mounted. */
  void failsToMount(String job, String message) {
    var pod = pod(job);
    client
        .resource(
            new EventBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(pod.getMetadata().getName() + ".mount")
                .endMetadata()
                .withNewInvolvedObject()
                .withKind("Pod")
                .withNamespace(namespace)
                .withName(pod.getMetadata().getName())
                .withUid(pod.getMetadata().getUid())
                .endInvolvedObject()
                .withType("Warning")
                .withReason("FailedMount")
                .withMessage(message)
                .withLastTimestamp("2026-01-01T00:00:00Z")
                .build())
        .create();
  }

  private Pod newest(String job) {
    return client
        .pods()
        .inNamespace(namespace)
        .withLabel("batch.kubernetes.io/job-name", job)
        .list()
        .getItems()
        .stream()
        .max(Comparator.comparing(it -> it.getMetadata().getCreationTimestamp()))
        .orElse(null);
  }
}
