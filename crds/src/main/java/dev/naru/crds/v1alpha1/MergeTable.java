package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** A table whose rows are replaced by key. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record MergeTable(
    @JsonPropertyDescription(
            "Columns that identify a row; of several rows with one key in the result of the SQL, one is kept")
        @Required
        @Size(min = 1, max = 16) List<@Size(min = 1, max = 300) String> key,
    @JsonPropertyDescription("Partitioning of the table") PartitionBy partitionBy) {
  public MergeTable {
    key = Copies.of(key);
  }
}
