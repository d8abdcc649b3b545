package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.time.Instant;

/** One run of a mart. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record MartRun(
    @JsonPropertyDescription("Identity of the run") @Required @Size(min = 1, max = 128) String id,
    @JsonPropertyDescription("When the schedule asked for it; absent for requested runs")
        Instant scheduledTime,
    @JsonPropertyDescription("Value of the annotation that asked for it; absent for scheduled runs")
        @Size(max = 256) String request,
    @JsonPropertyDescription("End of its window: it builds data up to here, exclusively")
        Instant dataThrough,
    @JsonPropertyDescription("When the run was decided") Instant startTime,
    @JsonPropertyDescription("When the run ended") Instant completionTime,
    @JsonPropertyDescription("How the run ended, or Running") RunOutcome result,
    @JsonPropertyDescription("Rows published") Long rows,
    @JsonPropertyDescription("Bytes billed") Long bytes,
    @JsonPropertyDescription("For people: what was done, or what is wrong and what to do next")
        @Size(max = 2048) String message) {}
