package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;

/** How the target is brought up to date. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Load(
    @JsonPropertyDescription(
            "Full: every run replaces everything. Incremental: a run carries over the rows "
                + "whose cursor moved; rows deleted in the source stay in the target")
        @Required
        LoadMode mode,
    @JsonPropertyDescription("How changes are found; with mode Incremental")
        Incremental incremental) {}
