package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** How a run treats the data it reads. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "!has(self.deadline) || self.deadline.matches(" + Rules.DURATION + ")",
    message = "deadline" + Rules.DURATION_MESSAGE,
    fieldPath = ".deadline")
public record Upstream(
    @JsonPropertyDescription(
            "All: a run waits until the data of every IngestionJob and DataMart it reads (by their dataThrough) reaches to the end of its window. None: it does not look. Default All")
        @JsonProperty("wait")
        UpstreamWait waitFor,
    @JsonPropertyDescription(
            "How long a run waits before the condition Fresh becomes False; it goes on waiting. Default 3h")
        @Size(min = 2, max = 32) String deadline) {}
