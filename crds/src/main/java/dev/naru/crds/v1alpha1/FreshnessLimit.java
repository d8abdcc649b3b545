package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** How old the newest value may be. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "self.maxAge.matches(" + Rules.DURATION + ")",
    message = "maxAge" + Rules.DURATION_MESSAGE,
    fieldPath = ".maxAge")
public record FreshnessLimit(
    @JsonPropertyDescription("Age of the newest value at the end of the window, e.g. 26h")
        @Required
        @Size(min = 2, max = 32) String maxAge) {}
