package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** A DataMart that a service reads. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value =
        "self.maxStaleness.matches("
            + Rules.DURATION
            + ") && duration(self.maxStaleness) > duration('0s')",
    message = "maxStaleness" + Rules.DURATION_MESSAGE + ", and longer than 0s",
    fieldPath = ".maxStaleness")
public record ServingInput(
    @JsonPropertyDescription("The DataMart") @Required NameRef dataMartRef,
    @JsonPropertyDescription(
            "How far status.dataThrough of the mart may lie back, e.g. 26h for one that is built"
                + " each day")
        @Required
        @Size(min = 2, max = 32) String maxStaleness,
    @JsonPropertyDescription(
            "Report: only the condition InputsFresh tells. HoldRollout: besides, a new revision is"
                + " not rolled out while the data is older. Pods that answer are left alone either"
                + " way. Default Report")
        OnViolation onViolation) {}
