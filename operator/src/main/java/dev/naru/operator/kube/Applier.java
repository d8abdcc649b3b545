package dev.naru.operator.kube;

import dev.naru.operator.metrics.Meters;
import dev.naru.operator.metrics.Metric;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.net.HttpURLConnection;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The one way in which children are written: server-side apply with the field manager {@code naru},
 * only when hash or content differ, only on objects the owner controls.
 */
public final class Applier {

  /** Hash of the desired object, on the object. */
  static final String HASH = "naru.dev/desired-hash";

  /** The API server's code for content that it does not take. */
  private static final int UNPROCESSABLE = 422;

  private final KubernetesClient client;
  private final Meters meters;

  public Applier(KubernetesClient client, Meters meters) {
    this.client = client;
    this.meters = meters;
  }

  /**
   * Makes {@code desired} true. Its annotations gain the hash. An object that changed since it was
   * seen answers 409, and the reconcile is repeated on the newer one.
   *
   * @param cache the label-selected informer of the kind; it learns what was written
   */
  public <T extends HasMetadata> Applied apply(
      HasMetadata owner, T desired, InformerEventSource<T, ?> cache) {
    var current = find(desired, cache);
    return apply(owner, desired, current, it -> remember(it, current, cache));
  }

  /**
   * The same for a kind that no informer watches.
   *
   * @param current what was looked at a moment ago
   */
  public <T extends HasMetadata> Applied apply(HasMetadata owner, T desired, Optional<T> current) {
    return apply(owner, desired, current, _ -> {});
  }

  private <T extends HasMetadata> Applied apply(
      HasMetadata owner, T desired, Optional<T> current, Consumer<T> written) {
    var hash = Canonical.hash(desired);
    desired.getMetadata().getAnnotations().put(HASH, hash);
    var applied = judge(owner, desired, hash, current);
    // a write that was held up on its way must not undo what somebody else has done meanwhile
    current.ifPresent(
        it -> desired.getMetadata().setResourceVersion(it.getMetadata().getResourceVersion()));
    return switch (applied) {
      case Applied.Created _, Applied.Updated _, Applied.Repaired _ -> {
        try {
          written.accept(write(desired));
          yield counted(desired, applied);
        } catch (KubernetesClientException e) {
          yield counted(desired, refused(desired, e));
        }
      }
      case Applied.Unchanged _, Applied.Foreign _, Applied.Deleting _, Applied.Refused _ ->
          counted(desired, applied);
    };
  }

  private <T extends HasMetadata> T write(T desired) {
    return client.resource(desired).patch(Clients.apply());
  }

  /** Content that is not taken is the same next time; everything else is tried again. */
  private static Applied refused(HasMetadata desired, KubernetesClientException e) {
    if (namespaceGoes(e)) {
      return new Applied.Deleting("Namespace", desired.getMetadata().getNamespace());
    }
    if (e.getCode() != UNPROCESSABLE) {
      throw e;
    }
    return new Applied.Refused(
        desired.getKind(),
        desired.getMetadata().getName(),
        e.getStatus() == null || e.getStatus().getMessage() == null
            ? e.getMessage()
            : e.getStatus().getMessage());
  }

  private static boolean namespaceGoes(KubernetesClientException e) {
    return e.getCode() == HttpURLConnection.HTTP_FORBIDDEN
        && e.getStatus() != null
        && e.getStatus().getDetails() != null
        && e.getStatus().getDetails().getCauses().stream()
            .anyMatch(it -> "NamespaceTerminating".equals(it.getReason()));
  }

  /**
   * Creates an object whose content never changes afterwards (a Job's template is immutable). Its
   * name is deterministic, so "exists already" is success when it is ours: an earlier attempt got
   * through although its answer was lost.
   */
  public <T extends HasMetadata> Applied create(
      HasMetadata owner, T desired, InformerEventSource<T, ?> cache) {
    var cached = cache.get(ResourceID.fromResource(desired));
    if (cached.isPresent()) {
      return counted(desired, existing(owner, desired, cached.get()));
    }
    try {
      remember(client.resource(desired).create(), Optional.empty(), cache);
      return counted(desired, new Applied.Created());
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        return counted(desired, refused(desired, e));
      }
      var current = Optional.ofNullable(client.resource(desired).get());
      return counted(
          desired,
          current
              .map(object -> existing(owner, desired, object))
              .orElseGet(
                  () -> new Applied.Deleting(desired.getKind(), desired.getMetadata().getName())));
    }
  }

  /**
   * Changes something in the spec of an object of ours, as it was seen, and leaves the rest: for
   * when the whole cannot be declared. The hash goes, so that the next {@link #apply} writes what
   * is declared then, and takes this change for nobody else's.
   *
   * @param spec what changes, as a JSON merge patch
   */
  public <T extends HasMetadata> Applied amend(
      T seen, String spec, InformerEventSource<T, ?> cache) {
    var patch =
        """
        {"metadata": {"resourceVersion": "%s", "annotations": {"%s": null}}, "spec": %s}\
        """
            .formatted(seen.getMetadata().getResourceVersion(), HASH, spec);
    try {
      remember(client.resource(seen).patch(Clients.amend(), patch), Optional.of(seen), cache);
      return counted(seen, new Applied.Updated());
    } catch (KubernetesClientException e) {
      return counted(seen, refused(seen, e));
    }
  }

  /**
   * Writes something in the spec of an object of ours, as it was seen, under another name than
   * ours: whoever is to own it then takes it from there. Never against anybody.
   *
   * @param part name, UID, and what is to be owned
   */
  public <T extends HasMetadata> void lend(
      T seen, T part, String manager, InformerEventSource<T, ?> cache) {
    remember(client.resource(part).patch(Clients.lend(manager)), Optional.of(seen), cache);
    count(seen, "updated");
  }

  /** Deletes exactly the object that was seen; one that changed or was replaced stays. */
  public <T extends HasMetadata> void delete(T seen) {
    client.resource(seen).lockResourceVersion().delete();
    count(seen, "deleted");
  }

  private <T extends HasMetadata> Optional<T> find(T desired, InformerEventSource<T, ?> cache) {
    // a miss in a label-selected cache is not "absent": a forced apply would take a foreign object
    // of that name over, hence one GET before each create
    return cache
        .get(ResourceID.fromResource(desired))
        .or(() -> Optional.ofNullable(client.resource(desired).get()));
  }

  private static <T extends HasMetadata> Applied judge(
      HasMetadata owner, T desired, String hash, Optional<T> current) {
    if (current.isEmpty()) {
      return new Applied.Created();
    }
    var found = current.get();
    return switch (existing(owner, desired, found)) {
      case Applied.Unchanged unchanged ->
          !hash.equals(found.getMetadata().getAnnotations().get(HASH))
              ? new Applied.Updated()
              : Canonical.drifted(found, desired)
                  ? new Applied.Repaired(found.getMetadata().getResourceVersion())
                  : unchanged;
      case Applied other -> other;
    };
  }

  private static Applied existing(HasMetadata owner, HasMetadata desired, HasMetadata found) {
    var name = desired.getMetadata().getName();
    if (!Children.controlledBy(found, owner)) {
      return new Applied.Foreign(desired.getKind(), name);
    }
    return found.isMarkedForDeletion()
        ? new Applied.Deleting(desired.getKind(), name)
        : new Applied.Unchanged();
  }

  private static <T extends HasMetadata> void remember(
      T written, Optional<T> before, InformerEventSource<T, ?> cache) {
    var id = ResourceID.fromResource(written);
    before.ifPresentOrElse(
        old -> cache.handleRecentResourceUpdate(id, written, old),
        () -> cache.handleRecentResourceCreate(id, written));
  }

  private Applied counted(HasMetadata desired, Applied applied) {
    count(desired, applied.getClass().getSimpleName().toLowerCase(Locale.ROOT));
    return applied;
  }

  private void count(HasMetadata object, String result) {
    meters.count(Metric.APPLIES, object.getKind(), result);
  }
}
