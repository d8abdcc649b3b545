package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** What the metrics of a new revision's pods must show. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "!has(self.maxP99) || self.maxP99.matches('^[1-9][0-9]{0,5}(ms|s)$')",
    message = "maxP99 must be a time in milliseconds or seconds, such as 200ms or 2s",
    fieldPath = ".maxP99")
public record RolloutAnalysis(
    @JsonPropertyDescription(
            "Requests that may fail by a fault of the server (HTTP 5xx, or such codes of gRPC), in"
                + " percent. Default 1")
        @Min(0) @Max(100) Integer maxErrorPercent,
    @JsonPropertyDescription(
            "Within this time 99 of 100 requests must be answered, e.g. 200ms. Absent: time does not"
                + " count")
        @Size(min = 2, max = 16) String maxP99,
    @JsonPropertyDescription(
            "A step goes on only when the new revision has answered so many requests. Default 100")
        @Min(1) @Max(1_000_000) Integer minRequests) {}
