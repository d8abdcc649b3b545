package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** A reference to a resource in the same namespace. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record NameRef(
    @JsonPropertyDescription("Name of the resource, in the same namespace")
        @Required
        @Size(min = 1, max = 253) String name) {}
