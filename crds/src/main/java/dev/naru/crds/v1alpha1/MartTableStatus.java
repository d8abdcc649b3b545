package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.time.Instant;

/** How a table of a mart stands. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record MartTableStatus(
    @JsonPropertyDescription("Name of the table") @Required @Size(min = 1, max = 300) String name,
    @JsonPropertyDescription(
            "Waiting, Building, Checking, Checked, Publishing, Published, Failed or Skipped")
        TableState state,
    @JsonPropertyDescription("Rows that the last publish wrote") Long rows,
    @JsonPropertyDescription(
            "Hours of data that these rows were built from, as checks compare like with like; absent when every run builds all rows")
        @Min(0) @Max(100_000_000) Integer windowHours,
    @JsonPropertyDescription("Bytes billed by the last run of the table") Long bytes,
    @JsonPropertyDescription("Up to when the table is complete") Instant dataThrough,
    @JsonPropertyDescription("When it was published last") Instant publishedAt,
    @JsonPropertyDescription(
            "Identifies what its last publish was built by: its SQL and variables, and those of the tables of the mart that it is built from")
        @Size(max = 16) String builtFrom,
    @JsonPropertyDescription("What is wrong, shortened; the conditions have it whole")
        @Size(max = 160) String message) {}
