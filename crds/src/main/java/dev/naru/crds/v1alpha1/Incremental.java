package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;

/** How changes are found. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Incremental(
    @JsonPropertyDescription("The column that grows with every change of a row") @Required
        Cursor cursor) {}
