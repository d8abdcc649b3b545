package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;

/** A table of a mart. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "self.name.matches(" + Rules.TABLE + ")",
    message =
        "name must be the name of a table alone, made of letters, digits, _ and -; the dataset stands in spec.dataset",
    fieldPath = ".name")
public record DataMartTable(
    @JsonPropertyDescription("Name of the table, unique within the mart")
        @Required
        @Size(min = 1, max = 300) String name,
    @JsonPropertyDescription("Shown in BigQuery") @Size(min = 1, max = 1024) String description,
    @JsonPropertyDescription("Labels, besides those of the Warehouse") @Size(max = 32) Map<String, @Size(max = 63) String> labels,
    @JsonPropertyDescription("The query whose result the table holds") @Required SqlSource sql,
    @JsonPropertyDescription(
            "Tables that are built before, besides those that the SQL names: a table of this mart, or dataset.table of another resource")
        @Size(max = 50) List<@Size(min = 1, max = 1100) String> dependsOn,
    @JsonPropertyDescription("How the table is kept. Default: type Table")
        Materialization materialization,
    @JsonPropertyDescription("Up to four columns the table is clustered by") @Size(max = 4) List<@Size(min = 1, max = 300) String> clusterBy,
    @JsonPropertyDescription(
            "Days after the last publish until BigQuery deletes the table. Default: never")
        @Min(1) @Max(36500) Integer expirationDays,
    @JsonPropertyDescription(
            "True refuses queries on the table that do not filter by its partition column. Default false")
        Boolean requirePartitionFilter,
    @JsonPropertyDescription("Descriptions and policy tags of columns") @Size(max = 200) List<ColumnDeclaration> columns,
    @JsonPropertyDescription("Row access policies") @Size(max = 20) List<RowAccess> rowAccess,
    @JsonPropertyDescription("What is looked at before the table is published") @Size(max = 20) List<MartCheck> checks,
    @JsonPropertyDescription(
            "Allow: columns may vanish or change their type, and the table may be built anew for another partitioning. Refuse: such a change stops with the names of who reads it. Default Refuse")
        BreakingChanges breakingChanges,
    @JsonPropertyDescription(
            "True allows to take over an existing table that Naru did not create; its rows are replaced. Default false")
        Boolean adopt) {
  public DataMartTable {
    labels = Copies.of(labels);
    dependsOn = Copies.of(dependsOn);
    clusterBy = Copies.of(clusterBy);
    columns = Copies.of(columns);
    rowAccess = Copies.of(rowAccess);
    checks = Copies.of(checks);
  }
}
