package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;

/** The part of the pod that may be chosen: the same block in every kind and in templates. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value =
        "!has(self.labels) || self.labels.all(key, key.matches("
            + Rules.LABEL_KEY
            + ") && self.labels[key].matches("
            + Rules.LABEL_VALUE
            + "))",
    message = "labels" + Rules.LABEL_MESSAGE,
    fieldPath = ".labels")
@ValidationRule(
    value =
        "!has(self.labels) || !self.labels.exists(key, key.matches(" + Rules.RESERVED_LABEL + "))",
    message = "labels" + Rules.RESERVED_MESSAGE,
    fieldPath = ".labels",
    reason = "FieldValueForbidden")
public record PodSettings(
    @JsonPropertyDescription(
            "Labels of the pod and of its Jobs, e.g. team: pricing; for the bill, for quotas, for "
                + "whoever looks for pods")
        @Size(max = 32) Map<String, @Size(max = 63) String> labels,
    @JsonPropertyDescription(
            "ServiceAccount of the pod, in the same namespace: the identity that Workload "
                + "Identity maps to a Google account. Default: default; of a ModelService one of its "
                + "name, which is made")
        @Size(max = 253) String serviceAccountName,
    @JsonPropertyDescription("CPU and memory of the container") Resources resources,
    @JsonPropertyDescription("Labels a node must have to run the pod") @Size(max = 32) Map<String, @Size(max = 63) String> nodeSelector,
    @JsonPropertyDescription("Taints of nodes that the pod accepts") @Size(max = 32) List<Toleration> tolerations) {

  public PodSettings {
    labels = Copies.of(labels);
    nodeSelector = Copies.of(nodeSelector);
    tolerations = Copies.of(tolerations);
  }
}
