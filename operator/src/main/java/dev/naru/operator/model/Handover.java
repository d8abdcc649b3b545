package dev.naru.operator.model;

import dev.naru.crds.v1alpha1.Autoscaling;
import dev.naru.crds.v1alpha1.Labels;
import io.fabric8.kubernetes.api.model.FieldsV1;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.util.Map;
import java.util.Optional;

/**
 * Gives the number of pods to the autoscaler. When nobody else owns the field, an apply that leaves
 * it out makes it 1; so it is first written under another name, which the autoscaler takes it from.
 * Pure.
 */
final class Handover {

  /** Who owns the number of pods between us and the autoscaler. */
  static final String MANAGER = "naru-handover";

  private Handover() {}

  /** What is to be applied as {@link #MANAGER}; empty when somebody else owns the number. */
  static Optional<Deployment> of(Deployment current, Autoscaling autoscaling) {
    var owners =
        current.getMetadata().getManagedFields().stream()
            .filter(Handover::ownsReplicas)
            .map(ManagedFieldsEntry::getManager)
            .toList();
    if (owners.stream().anyMatch(it -> !it.equals(Labels.NARU))) {
      return Optional.empty();
    }
    var now = Optional.ofNullable(current.getSpec().getReplicas()).orElse(1);
    // another number than the one we own would be a conflict
    var replicas =
        owners.isEmpty()
            ? Math.clamp(now, autoscaling.minReplicas(), autoscaling.maxReplicas())
            : now;
    return Optional.of(
        new DeploymentBuilder()
            .withMetadata(
                new ObjectMetaBuilder()
                    .withNamespace(current.getMetadata().getNamespace())
                    .withName(current.getMetadata().getName())
                    // this very object; a newer version of it is as good, for nobody is overruled
                    .withUid(current.getMetadata().getUid())
                    .build())
            .withNewSpec()
            .withReplicas(replicas)
            .endSpec()
            .build());
  }

  private static boolean ownsReplicas(ManagedFieldsEntry entry) {
    return Optional.ofNullable(entry.getFieldsV1())
        .map(FieldsV1::getAdditionalProperties)
        .map(it -> it.get("f:spec"))
        .filter(it -> it instanceof Map<?, ?> spec && spec.containsKey("f:replicas"))
        .isPresent();
  }
}
