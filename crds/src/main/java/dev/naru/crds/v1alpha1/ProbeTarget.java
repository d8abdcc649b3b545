package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** What is asked whether it works. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "!has(self.path) || self.path.startsWith('/')",
    message = "path must begin with /, such as /ready",
    fieldPath = ".path")
public record ProbeTarget(
    @JsonPropertyDescription("Name of one of ports. Default: the first") @Size(min = 1, max = 15) String port,
    @JsonPropertyDescription(
            "With protocol HTTP: what is asked for; an answer from 200 to 399 is good")
        @Size(max = 1024) String path,
    @JsonPropertyDescription(
            "With protocol GRPC: the service that grpc.health.v1.Health is asked about. Default: the"
                + " server as a whole")
        @Size(max = 253) String service) {}
