package dev.naru.operator.kube;

import dev.naru.operator.pod.PodEvents;
import dev.naru.operator.pod.PodTrouble;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;

/** Reads Events from the API server. */
public final class ApiPodEvents implements PodEvents {

  private final KubernetesClient client;

  public ApiPodEvents(KubernetesClient client) {
    this.client = client;
  }

  @Override
  public List<Event> failedMounts(Pod pod) {
    return client
        .v1()
        .events()
        .inNamespace(pod.getMetadata().getNamespace())
        .withField("involvedObject.uid", pod.getMetadata().getUid())
        .withField("reason", PodTrouble.FAILED_MOUNT)
        .list()
        .getItems();
  }
}
