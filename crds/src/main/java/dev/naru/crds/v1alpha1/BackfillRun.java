package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.time.Instant;

/** One go at the intervals that are not done. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record BackfillRun(
    @JsonPropertyDescription("Identity of the go; it enters the ids of the jobs in BigQuery")
        @Required
        @Size(min = 1, max = 64) String id,
    @JsonPropertyDescription("Value of the annotation that asked for it; absent for the first")
        @Size(max = 256) String request,
    @JsonPropertyDescription("When it was decided") Instant startTime,
    @JsonPropertyDescription("When it ended") Instant completionTime,
    @JsonPropertyDescription("How it ended, or Running") RunOutcome result) {}
