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

/** One dataset and the tables built into it. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "self.tables.all(table, self.tables.exists_one(other, other.name == table.name))",
    message = "tables names a table twice: give each a name of its own",
    fieldPath = ".tables")
@ValidationRule(
    value =
        "!has(self.variables) || self.variables.all(key, key.matches('^[a-z][a-z0-9_]{0,62}$') && !key.startsWith('interval_'))",
    message =
        "variables must have names of lower-case letters, digits and _ that begin with a letter, but not with interval_",
    fieldPath = ".variables")
@ValidationRule(
    value =
        "!has(self.timeout) || (self.timeout.matches("
            + Rules.DURATION
            + ") && duration(self.timeout) > duration('0s'))",
    message = "timeout" + Rules.DURATION_MESSAGE + ", and longer than 0s",
    fieldPath = ".timeout")
@ValidationRule(
    value = "!has(self.keepFailed) || self.keepFailed.matches(" + Rules.DURATION + ")",
    message = "keepFailed" + Rules.DURATION_MESSAGE,
    fieldPath = ".keepFailed")
public record DataMartSpec(
    @JsonPropertyDescription("The Warehouse to build in") @Required NameRef warehouseRef,
    @JsonPropertyDescription("The dataset") @Required MartDataset dataset,
    @JsonPropertyDescription(
            "When runs start by themselves; absent means only by request (annotation naru.dev/run-requested-at)")
        Schedule schedule,
    @JsonPropertyDescription(
            "True stops new runs; a run that is going on is left alone (cancel it with annotation naru.dev/cancel-requested-at). Default false")
        Boolean suspend,
    @JsonPropertyDescription("What a run waits for") Upstream upstream,
    @JsonPropertyDescription(
            "WhenAllPass: tables of a run become visible when all are built and checked. EachWhenPasses: each as soon as it is. Default WhenAllPass")
        PublishPolicy publish,
    @JsonPropertyDescription("What a run may cost") MartLimits limits,
    @JsonPropertyDescription("Values for the SQL: vat becomes the parameter @vat of type STRING")
        @Size(max = 32) Map<String, @Size(max = 1024) String> variables,
    @JsonPropertyDescription("The tables, in any order") @Required @Size(min = 1, max = 100) List<DataMartTable> tables,
    @JsonPropertyDescription("How many tables are built at the same time. Default 4")
        @Min(1) @Max(16) Integer parallelism,
    @JsonPropertyDescription("A run gives up after this time, e.g. 90m. Default 4h")
        @Size(min = 2, max = 32) String timeout,
    @JsonPropertyDescription(
            "How long the rows of a run that failed its checks can be looked at, e.g. 48h. Default 24h")
        @Size(min = 2, max = 32) String keepFailed,
    @JsonPropertyDescription(
            "What sets the condition Degraded, which Argo CD shows. Default: nothing")
        @Size(max = 4) List<MartDegradeOn> degradeOn,
    @JsonPropertyDescription(
            "What becomes of a table that is removed here, and of all when the DataMart is deleted. Default Retain: they stay")
        DeletionPolicy deletionPolicy) {
  public DataMartSpec {
    variables = Copies.of(variables);
    tables = Copies.of(tables);
    degradeOn = Copies.of(degradeOn);
  }
}
