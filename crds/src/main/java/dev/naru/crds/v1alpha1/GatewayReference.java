package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** A Gateway of the Gateway API. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record GatewayReference(
    @JsonPropertyDescription("Its name") @Required @Size(min = 1, max = 253) String name,
    @JsonPropertyDescription(
            "Its namespace; the Gateway decides which namespaces may attach routes. Default: that of"
                + " the service")
        @Size(min = 1, max = 63) String namespace) {}
