package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** Where pods show their metrics. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "!has(self.path) || self.path.matches('^/[A-Za-z0-9._~/-]*$')",
    message = "path must begin with / and be made of letters, digits, ., _, ~, - and /",
    fieldPath = ".path")
public record ServingMetrics(
    @JsonPropertyDescription(
            "Name of one of ports, with protocol: HTTP. Default: the one called metrics, else the"
                + " first with protocol: HTTP")
        @Size(min = 1, max = 15) String port,
    @JsonPropertyDescription("What is asked for there. Default /metrics") @Size(min = 1, max = 1024) String path) {}
