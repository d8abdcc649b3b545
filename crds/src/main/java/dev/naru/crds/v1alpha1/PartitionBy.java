package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** Partitioning by a date or time column. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record PartitionBy(
    @JsonPropertyDescription("Column of type DATE, DATETIME or TIMESTAMP")
        @Required
        @Size(min = 1, max = 64) String column,
    @JsonPropertyDescription("Length of a partition; Hour needs a DATETIME or TIMESTAMP column")
        @Required
        Granularity granularity,
    @JsonPropertyDescription("BigQuery drops partitions older than this many days. Default: never")
        @Min(1) @Max(36500) Integer expirationDays) {}
