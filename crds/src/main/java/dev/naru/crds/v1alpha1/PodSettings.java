package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import java.util.Map;

/** The part of the pod that may be chosen. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record PodSettings(
    @JsonPropertyDescription(
            "ServiceAccount of the pod, in the same namespace: the identity that Workload "
                + "Identity maps to a Google account. Default: default")
        @Size(max = 253) String serviceAccountName,
    @JsonPropertyDescription("CPU and memory of the worker container") Resources resources,
    @JsonPropertyDescription("Labels a node must have to run the pod") @Size(max = 32) Map<String, @Size(max = 63) String> nodeSelector,
    @JsonPropertyDescription("Taints of nodes that the pod accepts") @Size(max = 32) List<Toleration> tolerations) {

  public PodSettings {
    nodeSelector = Copies.of(nodeSelector);
    tolerations = Copies.of(tolerations);
  }
}
