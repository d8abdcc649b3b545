package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.ValidationRule;

/** How many rows are right. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "has(self.min) || has(self.max) || has(self.maxChangePercent)",
    message = "rows needs min, max or maxChangePercent")
public record RowCount(
    @JsonPropertyDescription("At least") @Min(0) Long min,
    @JsonPropertyDescription("At most") @Min(0) Long max,
    @JsonPropertyDescription(
            "By how many percent the number may differ from the last published run")
        @Min(0) @Max(10000) Integer maxChangePercent) {}
