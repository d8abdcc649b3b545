package dev.naru.operator.kube;

import dev.naru.crds.v1alpha1.Labels;
import dev.naru.runfile.RunId;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import java.util.Map;
import java.util.TreeMap;

/** Names, labels and ownership of the objects that belong to a resource. Pure. */
public final class Children {

  /** Names of Jobs end up in a pod label, which may have this many characters. */
  private static final int MAX_NAME = 63;

  private Children() {}

  /** Labels of every child of {@code owner}; nothing is copied from the owner's own labels. */
  public static Map<String, String> labels(HasMetadata owner) {
    // sorted: an unordered map would make equal manifests unequal texts
    return new TreeMap<>(
        Map.of(
            Labels.MANAGED_BY,
            Labels.NARU,
            Labels.KIND,
            owner.getKind(),
            Labels.NAME,
            owner.getMetadata().getName(),
            Labels.UID,
            owner.getMetadata().getUid()));
  }

  /** The same with labels that a person wants besides; they never replace ours. */
  public static Map<String, String> labels(HasMetadata owner, Map<String, String> wanted) {
    var labels = new TreeMap<>(wanted);
    labels.putAll(labels(owner));
    return labels;
  }

  /** Selects the children of all resources of one kind. */
  public static String selector(String kind) {
    return Labels.MANAGED_BY + "=" + Labels.NARU + "," + Labels.KIND + "=" + kind;
  }

  /** Metadata of a child: same namespace, our labels, the owner as controller. */
  public static ObjectMeta metadata(HasMetadata owner, String name) {
    return new ObjectMetaBuilder()
        .withNamespace(owner.getMetadata().getNamespace())
        .withName(name)
        .withLabels(labels(owner))
        .withOwnerReferences(controller(owner))
        .build();
  }

  /** The same with labels that a person wants besides. */
  public static ObjectMeta metadata(HasMetadata owner, String name, Map<String, String> wanted) {
    return metadata(owner, name).edit().withLabels(labels(owner, wanted)).build();
  }

  /** {@code base-suffix}; a base that would make the name too long is cut and keeps a hash. */
  public static String name(String base, String suffix) {
    var name = base + "-" + suffix;
    if (name.length() <= MAX_NAME) {
      return name;
    }
    var hash = RunId.hash8(base);
    var kept = base.substring(0, MAX_NAME - suffix.length() - hash.length() - 2);
    return kept + "-" + hash + "-" + suffix;
  }

  /** Whether {@code owner}, this very object and not one of the same name, controls the child. */
  public static boolean controlledBy(HasMetadata child, HasMetadata owner) {
    var uid = owner.getMetadata().getUid();
    return child.getMetadata().getOwnerReferences().stream()
        .anyMatch(
            reference ->
                Boolean.TRUE.equals(reference.getController()) && uid.equals(reference.getUid()));
  }

  /** Whether the child carries the label with the UID of {@code owner}, whoever created it. */
  public static boolean labelledFor(HasMetadata child, HasMetadata owner) {
    var labels = child.getMetadata().getLabels();
    return labels != null && owner.getMetadata().getUid().equals(labels.get(Labels.UID));
  }

  private static OwnerReference controller(HasMetadata owner) {
    return new OwnerReferenceBuilder()
        .withApiVersion(owner.getApiVersion())
        .withKind(owner.getKind())
        .withName(owner.getMetadata().getName())
        .withUid(owner.getMetadata().getUid())
        .withController(true)
        .withBlockOwnerDeletion(true)
        .build();
  }
}
