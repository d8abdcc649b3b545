package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;

/** How the target is brought up to date. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "self.mode != 'Incremental' || has(self.incremental)",
    message =
        "mode Incremental needs the member incremental, such as incremental: {cursor: "
            + "{column: updated_at}}",
    fieldPath = ".incremental",
    reason = "FieldValueRequired")
@ValidationRule(
    value = "self.mode == 'Incremental' || !has(self.incremental)",
    messageExpression =
        "'incremental has no effect with mode ' + self.mode + ': remove it, or write mode: "
            + "Incremental'",
    fieldPath = ".incremental",
    reason = "FieldValueForbidden")
public record Load(
    @JsonPropertyDescription(
            "Full: every run replaces everything. Incremental: a run carries over the rows "
                + "whose cursor moved; rows deleted in the source stay in the target")
        @Required
        LoadMode mode,
    @JsonPropertyDescription("How changes are found; with mode Incremental only")
        Incremental incremental) {}
