package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** How long a start may take. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value =
        "!has(self.timeout) || (self.timeout.matches("
            + Rules.DURATION
            + ") && duration(self.timeout) > duration('0s') && duration(self.timeout) <="
            + " duration('24h'))",
    message = "timeout" + Rules.DURATION_MESSAGE + ", longer than 0s and at most 24h",
    fieldPath = ".timeout")
public record StartupLimit(
    @JsonPropertyDescription(
            "A pod that is not ready this long after its container began is started anew: more than"
                + " the model takes to load. Default 5m")
        @Size(min = 2, max = 32) String timeout) {}
