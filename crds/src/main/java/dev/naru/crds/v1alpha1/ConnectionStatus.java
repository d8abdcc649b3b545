package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** What is known of a source. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record ConnectionStatus(
    @JsonPropertyDescription(
            "Generation of the spec this status was computed from; -1 before the first")
        Long observedGeneration,
    @JsonPropertyDescription("Ready and Reachable; Reconciling and Stalled only when True")
        @Size(max = 16) List<Condition> conditions,
    @JsonPropertyDescription("The server that answered the last probe") Server server,
    @JsonPropertyDescription("What works, but not as well as it could, with what to do about it")
        @Size(max = 20) List<@Size(max = 2048) String> warnings,
    @JsonPropertyDescription("Generation of the spec that was last probed") Long probedGeneration,
    @JsonPropertyDescription("Value of annotation naru.dev/run-requested-at that was last acted on")
        @Size(max = 256) String lastHandledRunRequest) {

  public ConnectionStatus {
    conditions = Copies.of(conditions);
    warnings = Copies.of(warnings);
  }
}
