package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** Bounds, both inclusive. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(value = "has(self.min) || has(self.max)", message = "range needs min or max")
public record ValueRange(
    @JsonPropertyDescription("Smallest value, as text: 0, 12.50 or 2026-01-01")
        @Size(min = 1, max = 64) String min,
    @JsonPropertyDescription("Greatest value") @Size(min = 1, max = 64) String max) {}
