package dev.naru.operator.kube;

import static dev.naru.operator.rights.Purpose.OBSERVE;
import static dev.naru.operator.rights.Verb.LIST;

import dev.naru.operator.pod.PodEvents;
import dev.naru.operator.pod.PodTrouble;
import dev.naru.operator.rights.Right;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;

/** Reads Events from the API server. */
public final class ApiPodEvents implements PodEvents {

  public static final List<Right> RIGHTS =
      List.of(
          Right.on(
              "",
              "events",
              OBSERVE,
              "finds the FailedMount that names a missing Secret or key, the FailedCreate of a"
                  + " refused pod, and what a failing probe was answered",
              LIST));

  private final KubernetesClient client;

  public ApiPodEvents(KubernetesClient client) {
    this.client = client;
  }

  @Override
  public List<Event> failedMounts(Pod pod) {
    return about(pod, PodTrouble.FAILED_MOUNT);
  }

  @Override
  public List<Event> failedCreates(Job job) {
    return about(job, PodTrouble.FAILED_CREATE);
  }

  @Override
  public List<Event> unhealthy(Pod pod) {
    return about(pod, "Unhealthy");
  }

  private List<Event> about(HasMetadata object, String reason) {
    return client
        .v1()
        .events()
        .inNamespace(object.getMetadata().getNamespace())
        .withField("involvedObject.uid", object.getMetadata().getUid())
        .withField("reason", reason)
        .list()
        .getItems();
  }
}
