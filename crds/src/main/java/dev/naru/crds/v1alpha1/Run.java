package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.time.Instant;

/** One run. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Run(
    @JsonPropertyDescription("Identity of the run: the same for every pod that worked on it")
        @Required
        @Size(min = 1, max = 128) String id,
    @JsonPropertyDescription("When the schedule asked for it; absent for requested runs")
        Instant scheduledTime,
    @JsonPropertyDescription("When the run started") Instant startTime,
    @JsonPropertyDescription("When the run ended") Instant completionTime,
    @JsonPropertyDescription("How the run ended, or Running") RunOutcome result,
    @JsonPropertyDescription("How it loaded") LoadMode mode,
    @JsonPropertyDescription("Rows published; of a failed run: rows read") Long rows,
    @JsonPropertyDescription("Bytes of the staged files") Long bytes,
    @JsonPropertyDescription(
            "Identifies what decided the content: a change means that the next load is full")
        @Size(max = 1024) String fingerprint,
    @JsonPropertyDescription("For people: what was done, or what is wrong and what to do next")
        @Size(max = 4096) String message) {}
