package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** How BigQuery keeps a materialized view. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "!has(self.refreshInterval) || self.refreshInterval.matches(" + Rules.DURATION + ")",
    message = "refreshInterval" + Rules.DURATION_MESSAGE,
    fieldPath = ".refreshInterval")
@ValidationRule(
    value = "!has(self.maxStaleness) || self.maxStaleness.matches(" + Rules.DURATION + ")",
    message = "maxStaleness" + Rules.DURATION_MESSAGE,
    fieldPath = ".maxStaleness")
public record MaterializedViewSettings(
    @JsonPropertyDescription(
            "How often BigQuery refreshes it at most, e.g. 30m. Default: as BigQuery has it")
        @Size(min = 2, max = 32) String refreshInterval,
    @JsonPropertyDescription("How old an answer may be, e.g. 4h. Default: not at all")
        @Size(min = 2, max = 32) String maxStaleness) {}
