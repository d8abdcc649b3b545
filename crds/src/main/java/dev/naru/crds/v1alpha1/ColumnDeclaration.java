package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** What is said of a column. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
// the API server allows no costlier rule on so many columns; MartResolver reads the whole name
@ValidationRule(
    value =
        "!has(self.policyTag) || (self.policyTag.startsWith('projects/') && self.policyTag.contains('/policyTags/'))",
    message =
        "policyTag must be written projects/PROJECT/locations/LOCATION/taxonomies/NUMBER/policyTags/NUMBER",
    fieldPath = ".policyTag")
public record ColumnDeclaration(
    @JsonPropertyDescription(
            "A column of the result of the SQL; a field of a STRUCT with those above it, e.g. address.city")
        @Required
        @Size(min = 1, max = 300) String name,
    @JsonPropertyDescription("Shown in BigQuery") @Size(min = 1, max = 1024) String description,
    @JsonPropertyDescription(
            "Full name of a policy tag: who lacks its reader role cannot read the column")
        @Size(min = 1, max = 256) String policyTag) {}
