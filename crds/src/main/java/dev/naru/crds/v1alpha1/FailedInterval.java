package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.time.Instant;

/** An interval that could not be published. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record FailedInterval(
    @JsonPropertyDescription("Begin of its data") @Required Instant from,
    @JsonPropertyDescription("End of its data, exclusive") @Required Instant to,
    @JsonPropertyDescription("The go in which it failed last") @Size(max = 64) String run,
    @JsonPropertyDescription("Why, as one word") @Size(max = 64) String reason,
    @JsonPropertyDescription("For people: what is wrong and what to do next, shortened")
        @Size(max = 300) String message) {}
