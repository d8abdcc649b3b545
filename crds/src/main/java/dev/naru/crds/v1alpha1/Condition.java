package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.time.Instant;

/** One aspect of a resource, as Kubernetes and Argo CD read it. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Condition(
    @JsonPropertyDescription("Aspect, e.g. Ready. At most one condition of a type")
        @Required
        @Size(min = 1, max = 64) String type,
    @JsonPropertyDescription("Whether the condition holds") @Required ConditionStatus status,
    @JsonPropertyDescription("Why, as one word of a closed set; see docs/conditions.md")
        @Required
        @Size(min = 1, max = 64) String reason,
    @JsonPropertyDescription(
            "Why, for people: what is wrong, where, what is allowed, what to do next")
        @Size(max = 4096) String message,
    @JsonPropertyDescription("When the status of this condition last changed")
        Instant lastTransitionTime,
    @JsonPropertyDescription("Generation of the spec this condition was computed from")
        Long observedGeneration) {}
