package dev.naru.operator.status;

import dev.naru.operator.kube.Clients;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
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
   */
  public static <T, R extends CustomResource<?, T>> void write(
      R read, T status, Supplier<R> empty, Context<R> context) {
    if (Objects.equals(read.getStatus(), status)) {
      return;
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
  }

  private static ResourceID id(HasMetadata resource) {
    return ResourceID.fromResource(resource);
  }
}
