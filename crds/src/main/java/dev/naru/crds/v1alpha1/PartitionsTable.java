package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** A table whose partitions are replaced. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value =
        "!has(self.since) || self.since.matches('^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$')",
    message = "since must be a day, such as \"2024-01-01\"",
    fieldPath = ".since")
public record PartitionsTable(
    @JsonPropertyDescription("Partitioning of the table") @Required PartitionBy partitionBy,
    @JsonPropertyDescription(
            "How many of the newest partitions a run builds again, e.g. 3 for data that comes up to two days late; more when runs were missed. Default 1")
        @Min(1) @Max(1000) Integer rebuildPartitions,
    @JsonPropertyDescription(
            "First day of the table, e.g. 2024-01-01: as long as nothing was published, a run builds everything from here. Default: rebuildPartitions of them")
        @Size(min = 10, max = 10) String since) {}
