package dev.naru.operator.kube;

import dev.naru.crds.v1alpha1.Annotations;
import dev.naru.crds.v1alpha1.Labels;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Which changes wake a reconciler. Pure. */
public final class Wakes {

  private static final List<String> REQUESTS =
      List.of(
          Annotations.RUN_REQUESTED_AT,
          Annotations.FULL_REFRESH_REQUESTED_AT,
          Annotations.CANCEL_REQUESTED_AT,
          Annotations.HOLD_REQUESTED_AT,
          Annotations.CONTINUE_REQUESTED_AT,
          Annotations.ROLLBACK_REQUESTED_AT);

  private Wakes() {}

  /**
   * Whether an update of a reconciled resource matters: its spec, its identity (deleted and created
   * again while the watch was down arrives as an update, with the generation back at 1), a request,
   * its deletion. Our own status writes do not.
   */
  public static boolean onUpdate(HasMetadata now, HasMetadata before) {
    var is = now.getMetadata();
    var was = before.getMetadata();
    return !Objects.equals(is.getGeneration(), was.getGeneration())
        || !Objects.equals(is.getUid(), was.getUid())
        || !Objects.equals(is.getDeletionTimestamp(), was.getDeletionTimestamp())
        || !Objects.equals(is.getFinalizers(), was.getFinalizers())
        || !REQUESTS.stream().allMatch(it -> Requests.same(now, before, it));
  }

  /** Whether more than the status of a child changed. */
  public static boolean onChildSpec(HasMetadata now, HasMetadata before) {
    var is = now.getMetadata();
    var was = before.getMetadata();
    return !Objects.equals(is.getGeneration(), was.getGeneration())
        || !Objects.equals(is.getUid(), was.getUid())
        || !Objects.equals(is.getDeletionTimestamp(), was.getDeletionTimestamp())
        || !Objects.equals(is.getLabels(), was.getLabels())
        || !Objects.equals(is.getAnnotations(), was.getAnnotations())
        || !Objects.equals(is.getOwnerReferences(), was.getOwnerReferences());
  }

  /** The resource that a labelled child belongs to. */
  public static Set<ResourceID> owner(HasMetadata child) {
    var labels = child.getMetadata().getLabels();
    return labels == null || labels.get(Labels.NAME) == null
        ? Set.of()
        : Set.of(new ResourceID(labels.get(Labels.NAME), child.getMetadata().getNamespace()));
  }
}
