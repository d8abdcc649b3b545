package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** What the next run does to the rows of a table. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record MartTablePlan(
    @JsonPropertyDescription("Name of the table") @Required @Size(min = 1, max = 300) String name,
    @JsonPropertyDescription(
            "What it builds again: all rows; how many partitions, the first and the last; rows by key of a window; or the stored query. Of the next run by schedule; where none is scheduled, what any run builds at least")
        @Size(max = 128) String rebuilds,
    @JsonPropertyDescription(
            "What becomes of the other rows, where they were built by another SQL, other variables or other SQL of the tables it is built from. Absent: they are as this spec builds them, as far as it is known")
        @Size(max = 128) String others) {}
