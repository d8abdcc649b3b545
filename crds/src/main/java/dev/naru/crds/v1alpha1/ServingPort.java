package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** A port that requests come in by. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "self.name.matches('^[a-z0-9]([a-z0-9-]*[a-z0-9])?$') && self.name.matches('[a-z]')",
    message = "name must be made of lower-case letters, digits and -, such as http",
    fieldPath = ".name")
public record ServingPort(
    @JsonPropertyDescription("Name, of the container's port and of the Service's")
        @Required
        @Size(min = 1, max = 15) String name,
    @JsonPropertyDescription("Port that the container listens on, and that the Service has")
        @Required
        @Min(1) @Max(65535) Integer containerPort,
    @JsonPropertyDescription(
            "What is spoken there: HTTP, GRPC (without TLS), or TCP for anything else")
        @Required
        PortProtocol protocol) {}
