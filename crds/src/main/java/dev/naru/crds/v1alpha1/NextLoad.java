package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** A load that differs from the declared mode. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record NextLoad(
    @JsonPropertyDescription("How the next run will load") @Required LoadMode mode,
    @JsonPropertyDescription("Why, e.g. spec.source.filter changed") @Size(max = 1024) String reason) {}
