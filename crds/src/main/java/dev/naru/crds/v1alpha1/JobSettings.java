package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** How runs are tried, ended and remembered. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value =
        "!has(self.timeout) || (self.timeout.matches("
            + Rules.DURATION
            + ") && duration(self.timeout) > duration('0s'))",
    message = "timeout" + Rules.DURATION_MESSAGE + ", and longer than 0s",
    fieldPath = ".timeout")
public record JobSettings(
    @JsonPropertyDescription(
            "How often the pod of a run is tried again after a failure that may pass. Default 3")
        @Min(0) @Max(10) Integer retries,
    @JsonPropertyDescription(
            "A run gives up after this time where the resource says nothing, e.g. 90m. Default 4h")
        @Size(min = 2, max = 32) String timeout,
    @JsonPropertyDescription(
            "How many ended Jobs are kept with their pods and logs: so many that succeeded and so "
                + "many that failed. Default 3")
        @Min(1) @Max(20) Integer historyLimit) {}
