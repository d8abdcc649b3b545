package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** What is known of a warehouse. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record WarehouseStatus(
    @JsonPropertyDescription(
            "Generation of the spec this status was computed from; -1 before the first")
        Long observedGeneration,
    @JsonPropertyDescription("Ready; Reconciling and Stalled only when True") @Size(max = 16) List<Condition> conditions,
    @JsonPropertyDescription("Value of annotation naru.dev/run-requested-at that was last acted on")
        @Size(max = 256) String lastHandledRunRequest) {

  public WarehouseStatus {
    conditions = Copies.of(conditions);
  }
}
