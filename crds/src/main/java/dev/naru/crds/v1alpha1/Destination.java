package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** A table in a warehouse. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "self.dataset.matches(" + Rules.DATASET + ")",
    message = "dataset" + Rules.DATASET_MESSAGE,
    fieldPath = ".dataset")
@ValidationRule(
    value = "self.table.matches(" + Rules.TABLE + ")",
    message =
        "table must be the name of a table alone, made of letters, digits, _ and -; the "
            + "dataset stands in dataset",
    fieldPath = ".table")
@ValidationRule(
    value =
        "!has(self.clusterBy) || self.clusterBy.all(column, self.clusterBy.exists_one(other, "
            + "other == column))",
    message = "clusterBy names a column twice: name each column once",
    fieldPath = ".clusterBy")
public record Destination(
    @JsonPropertyDescription("The Warehouse to write to") @Required NameRef warehouseRef,
    @JsonPropertyDescription("Dataset of the table; created when it does not exist")
        @Required
        @Size(min = 1, max = 1000) String dataset,
    @JsonPropertyDescription("Name of the table; created when it does not exist")
        @Required
        @Size(min = 1, max = 1000) String table,
    @JsonPropertyDescription("Partitioning, decided when the table is created")
        PartitionBy partitionBy,
    @JsonPropertyDescription("Up to four columns the table is clustered by, in this order")
        @Size(max = 4) List<@Size(min = 1, max = 64) String> clusterBy,
    @JsonPropertyDescription(
            "True allows to take over an existing table that Naru did not create; its rows "
                + "are replaced. Default false")
        Boolean adopt) {

  public Destination {
    clusterBy = Copies.of(clusterBy);
  }
}
