package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import java.time.Instant;

/** Where a rollout by steps is. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record RolloutStatus(
    @JsonPropertyDescription("Where it is") RolloutPhase phase,
    @JsonPropertyDescription("The revision that takes its share; absent when all is rolled out")
        @Size(max = 63) String revision,
    @JsonPropertyDescription("Its share of the requests, in percent, as the routes give it")
        @Min(0) @Max(100) Integer percent,
    @JsonPropertyDescription("Index of the step in spec.rollout.steps; -1 while its pods start")
        @Min(-1) @Max(9) Integer step,
    @JsonPropertyDescription(
            "When the step began; absent while it is decided and the routes do not give its share")
        Instant since,
    @JsonPropertyDescription("Why it was held or rolled back") @Size(max = 1024) String why) {}
