package dev.naru.operator.status;

import dev.naru.operator.kube.Clients;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.net.HttpURLConnection;
import java.util.Objects;
import java.util.function.Supplier;

/** Writes status, only when it differs, as one server-side apply of {@code /status}. */
public final class StatusWriter {

  private StatusWriter() {}

  /**
   * Applies a status unless the stored one is equal. The resource version guards it: a resource
   * that was changed or created anew since it was read answers 409, and the reconcile is repeated
   * on the newer one.
   *
   * @param empty makes a resource of the kind without content
   * @return the resource as it is stored now
   */
  public static <T, R extends CustomResource<?, T>> R write(
      R read, T status, Supplier<R> empty, Context<R> context) {
    if (Objects.equals(read.getStatus(), status)) {
      return read;
    }
    R fresh = empty.get();
    fresh.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace(read.getMetadata().getNamespace())
            .withName(read.getMetadata().getName())
            .withResourceVersion(read.getMetadata().getResourceVersion())
            .build());
    fresh.setStatus(status);
    R written = context.getClient().resource(fresh).subresource("status").patch(Clients.apply());
    // the next reconcile must not see the older status: it would tell the same transition again
    context
        .eventSourceRetriever()
        .getControllerEventSource()
        .handleRecentResourceUpdate(id(read), written, read);
    return written;
  }

  /**
   * Makes sure that a resource is the newest there is, which a cache alone does not. It is listed,
   * not written: whoever dies right after it would otherwise do nothing but this for ever.
   *
   * @throws KubernetesClientException with code 409 when it is not, so that the reconcile is
   *     repeated on the newer one
   */
  public static <R extends CustomResource<?, ?>> void confirm(
      R read, Class<R> kind, Context<R> context) {
    var metadata = read.getMetadata();
    var newest =
        context
            .getClient()
            .resources(kind)
            .inNamespace(metadata.getNamespace())
            .withField("metadata.name", metadata.getName())
            .list()
            .getItems();
    if (newest.stream()
        .map(it -> it.getMetadata().getResourceVersion())
        .noneMatch(metadata.getResourceVersion()::equals)) {
      throw new KubernetesClientException(
          "%s %s was changed since it was read".formatted(read.getKind(), metadata.getName()),
          HttpURLConnection.HTTP_CONFLICT,
          null);
    }
  }

  private static ResourceID id(HasMetadata resource) {
    return ResourceID.fromResource(resource);
  }
}
