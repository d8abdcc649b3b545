package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;

/** A taint that the pod accepts, as in a Pod. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Toleration(
    @JsonPropertyDescription("Key of the taint; absent with operator Exists means every taint")
        @Size(max = 316) String key,
    @JsonPropertyDescription("Equal or Exists. Default Equal")
        @Size(max = 16) @Pattern("^(Equal|Exists)$") String operator,
    @JsonPropertyDescription("Value of the taint; only with operator Equal") @Size(max = 63) String value,
    @JsonPropertyDescription("NoSchedule, PreferNoSchedule or NoExecute; absent means every effect")
        @Size(max = 32) @Pattern("^(NoSchedule|PreferNoSchedule|NoExecute)$") String effect,
    @JsonPropertyDescription("With NoExecute: how long the pod stays on a node that gets the taint")
        Long tolerationSeconds) {}
