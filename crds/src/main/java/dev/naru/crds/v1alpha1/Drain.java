package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** How a pod ends that still gets requests. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value =
        "!has(self.delay) || (self.delay.matches("
            + Rules.DURATION
            + ") && duration(self.delay) <= duration('1h'))",
    message = "delay" + Rules.DURATION_MESSAGE + ", and at most 1h",
    fieldPath = ".delay")
@ValidationRule(
    value =
        "!has(self.timeout) || (self.timeout.matches("
            + Rules.DURATION
            + ") && duration(self.timeout) > duration('0s') && duration(self.timeout) <="
            + " duration('1h'))",
    message = "timeout" + Rules.DURATION_MESSAGE + ", longer than 0s and at most 1h",
    fieldPath = ".timeout")
public record Drain(
    @JsonPropertyDescription(
            "How long a pod that goes still takes requests, before it is told by SIGTERM: until"
                + " everybody who sends some knows. Default 10s; a load balancer may need more")
        @Size(min = 2, max = 32) String delay,
    @JsonPropertyDescription(
            "How long it then has to finish what it took: more than the longest request. Default 30s")
        @Size(min = 2, max = 32) String timeout) {}
