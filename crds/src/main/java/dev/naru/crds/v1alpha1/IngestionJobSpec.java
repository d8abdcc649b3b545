package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** What is carried where, how and when. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value =
        "self.load.mode != 'Incremental' || (has(self.primaryKey) && self.primaryKey.size() > 0)",
    message =
        "mode Incremental needs primaryKey, the columns that identify a row: without it a "
            + "changed row would be doubled. Write for instance primaryKey: [id], or mode: Full",
    fieldPath = ".primaryKey",
    reason = "FieldValueRequired")
@ValidationRule(
    value =
        "!has(self.primaryKey) || self.primaryKey.all(column, "
            + "self.primaryKey.exists_one(other, other == column))",
    message = "primaryKey names a column twice: name each column once",
    fieldPath = ".primaryKey")
@ValidationRule(
    value =
        "!has(self.timeout) || (self.timeout.matches("
            + Rules.DURATION
            + ") && duration(self.timeout) > duration('0s'))",
    message = "timeout" + Rules.DURATION_MESSAGE + ", and longer than 0s",
    fieldPath = ".timeout")
public record IngestionJobSpec(
    @JsonPropertyDescription("What is read") @Required Source source,
    @JsonPropertyDescription("The table that is filled") @Required Destination destination,
    @JsonPropertyDescription(
            "Columns that identify a row in the source; required by mode Incremental")
        @Size(max = 16) List<@Size(min = 1, max = 64) String> primaryKey,
    @JsonPropertyDescription(
            "How the target is brought up to date: everything on every run, or what changed. A "
                + "change of source, columns, filter, primaryKey or cursor column makes the next load "
                + "a full one")
        @Required
        Load load,
    @JsonPropertyDescription(
            "When runs start by themselves; absent means only by request (annotation "
                + "naru.dev/run-requested-at)")
        Schedule schedule,
    @JsonPropertyDescription(
            "True stops new runs; a run that is going on is left alone (cancel it with "
                + "annotation naru.dev/cancel-requested-at). Default false")
        Boolean suspend,
    @JsonPropertyDescription("What happens when the columns of the source change")
        SchemaPolicy schemaPolicy,
    @JsonPropertyDescription(
            "Connections of one run, within the limit of the Connection. Memory and source "
                + "load grow with it. Default 4")
        @Min(1) @Max(64) Integer parallelism,
    @JsonPropertyDescription(
            "A run gives up after this time, e.g. 90m. Default: job.timeout of the templates, else 4h")
        @Size(min = 2, max = 32) String timeout,
    @JsonPropertyDescription(
            "What sets the condition Degraded, which Argo CD shows. Run: the last run "
                + "failed. Default: nothing")
        @Size(max = 4) List<DegradeOn> degradeOn,
    @JsonPropertyDescription(
            "WorkloadTemplate whose defaults go before those of the namespace and of the cluster, "
                + "and whose policy holds as well. What stands in this spec goes before all of them")
        NameRef templateRef,
    @JsonPropertyDescription("The worker pod") PodSettings pod) {

  public IngestionJobSpec {
    primaryKey = Copies.of(primaryKey);
    degradeOn = Copies.of(degradeOn);
  }
}
