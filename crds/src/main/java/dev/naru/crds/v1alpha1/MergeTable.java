package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** A table whose rows are replaced by key. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "!has(self.fixedPartition) || !self.fixedPartition || has(self.partitionBy)",
    message = "fixedPartition says that rows stay in their partitions, so it needs partitionBy",
    fieldPath = ".fixedPartition")
public record MergeTable(
    @JsonPropertyDescription("Columns that identify a row") @Required @Size(min = 1, max = 16) List<@Size(min = 1, max = 300) String> key,
    @JsonPropertyDescription(
            "Of several rows with one key in the result of the SQL, the one with the greatest values of these columns is kept, e.g. [updated_at]. Without it, rows with one key that differ fail the run")
        @Size(max = 4) List<@Size(min = 1, max = 300) String> orderBy,
    @JsonPropertyDescription("Partitioning of the table") PartitionBy partitionBy,
    @JsonPropertyDescription(
            "True when the partition column never changes for a key: then only the partitions that the result of the SQL touches are read and changed. A row that moved all the same would stay where it was as well. Default false")
        Boolean fixedPartition) {
  public MergeTable {
    key = Copies.of(key);
    orderBy = Copies.of(orderBy);
  }
}
