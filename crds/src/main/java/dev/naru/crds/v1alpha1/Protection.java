package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;

/** Limits that keep a source healthy. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Protection(
    @JsonPropertyDescription(
            "Connections that all runs together may hold, over all jobs, clusters and "
                + "crashes. Default 4")
        @Min(1) @Max(100) Integer maxConnections) {}
