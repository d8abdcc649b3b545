package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** The column that orders changes. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "!has(self.lookback) || self.lookback.matches(" + Rules.DURATION + ")",
    message = "lookback" + Rules.DURATION_MESSAGE,
    fieldPath = ".lookback")
public record Cursor(
    @JsonPropertyDescription(
            "Column that is set on every insert and update, such as updated_at; it needs an "
                + "index")
        @Required
        @Size(min = 1, max = 64) String column,
    @JsonPropertyDescription(
            "How far below the last bound each run reads again, e.g. 15m; needed when the "
                + "application sets the column itself (clock skew plus time to commit). Default "
                + "0s")
        @Size(min = 2, max = 32) String lookback) {}
