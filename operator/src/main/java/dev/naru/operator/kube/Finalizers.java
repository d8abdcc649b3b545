package dev.naru.operator.kube;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;

/**
 * Sets and removes finalizers, each as one JSON patch that holds for the state it was derived from
 * alone: the list is shared with others. A newer state answers 422, and the reconcile is repeated
 * on it.
 */
public final class Finalizers {

  private Finalizers() {}

  /** Adds one that is not there. */
  public static void add(KubernetesClient client, HasMetadata to, String finalizer) {
    var value = "\"%s\"".formatted(finalizer);
    var none = to.getMetadata().getFinalizers().isEmpty();
    patch(
        client,
        to,
        "{\"op\": \"add\", \"path\": \"/metadata/finalizers%s\", \"value\": %s}"
            .formatted(none ? "" : "/-", none ? "[" + value + "]" : value));
  }

  /** Removes one; a resource that is gone is fine. */
  public static void remove(KubernetesClient client, HasMetadata from, String finalizer) {
    var at = from.getMetadata().getFinalizers().indexOf(finalizer);
    try {
      patch(
          client,
          from,
          "{\"op\": \"remove\", \"path\": \"/metadata/finalizers/%d\"}".formatted(at));
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
        throw e;
      }
    }
  }

  private static void patch(KubernetesClient client, HasMetadata what, String operation) {
    client
        .resource(what)
        .patch(
            PatchContext.of(PatchType.JSON),
            "[{\"op\": \"test\", \"path\": \"/metadata/resourceVersion\", \"value\": \"%s\"}, %s]"
                .formatted(what.getMetadata().getResourceVersion(), operation));
  }
}
