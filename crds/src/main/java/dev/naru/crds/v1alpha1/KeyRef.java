package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** A reference to one key of a ConfigMap or Secret in the same namespace. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record KeyRef(
    @JsonPropertyDescription("Name of the ConfigMap or Secret, in the same namespace")
        @Required
        @Size(min = 1, max = 253) String name,
    @JsonPropertyDescription("Key whose value is used") @Required @Size(min = 1, max = 253) String key) {}
