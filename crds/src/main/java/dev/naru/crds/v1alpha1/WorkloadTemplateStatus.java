package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** Whether a template can be used, and by whom it is. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record WorkloadTemplateStatus(
    @JsonPropertyDescription(
            "Generation of the spec this status was computed from; -1 before the first")
        Long observedGeneration,
    @JsonPropertyDescription("Ready; Stalled only when True") @Size(max = 16) List<Condition> conditions,
    @JsonPropertyDescription(
            "For which resources the template counts: look at them before you change it")
        UsedBy usedBy) {

  public WorkloadTemplateStatus {
    conditions = Copies.of(conditions);
  }
}
