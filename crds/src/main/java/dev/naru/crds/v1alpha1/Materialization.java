package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;

/** How a table is kept. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "self.type != 'Partitions' || has(self.partitions)",
    message =
        "type Partitions needs the member partitions, such as partitions: {partitionBy: {column: day, granularity: Day}}",
    fieldPath = ".partitions",
    reason = "FieldValueRequired")
@ValidationRule(
    value = "self.type != 'Merge' || has(self.merge)",
    message = "type Merge needs the member merge, such as merge: {key: [id]}",
    fieldPath = ".merge",
    reason = "FieldValueRequired")
@ValidationRule(
    value =
        "(self.type == 'Table' || !has(self.table)) && (self.type == 'Partitions' || !has(self.partitions)) && (self.type == 'Merge' || !has(self.merge)) && (self.type == 'MaterializedView' || !has(self.materializedView))",
    messageExpression =
        "'only the member of the type has an effect: with type ' + self.type + ' remove the others'",
    reason = "FieldValueForbidden")
public record Materialization(
    @JsonPropertyDescription(
            "Table: every run replaces everything. Partitions: a run replaces the partitions of its window. Merge: a run replaces rows by key. View and MaterializedView: a stored query")
        @Required
        MaterializationType type,
    @JsonPropertyDescription("With type Table") FullTable table,
    @JsonPropertyDescription("With type Partitions") PartitionsTable partitions,
    @JsonPropertyDescription("With type Merge") MergeTable merge,
    @JsonPropertyDescription("With type MaterializedView")
        MaterializedViewSettings materializedView) {}
