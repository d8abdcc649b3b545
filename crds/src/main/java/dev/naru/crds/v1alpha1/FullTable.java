package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/** A table that every run replaces. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record FullTable(
    @JsonPropertyDescription("Partitioning of the table") PartitionBy partitionBy) {}
