package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/** What happens when the columns of the source change. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record SchemaPolicy(
    @JsonPropertyDescription(
            "What happens with a column that the target lacks. Add: add it. Report: leave "
                + "it out and say so. Fail: fail the run. Default Add, or Report when columns are "
                + "chosen")
        NewColumns newColumns) {}
