package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** What is built again. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value =
        "!has(self.tables) || self.tables.all(table, self.tables.exists_one(other, other == table))",
    message = "tables names a table twice: name each once",
    fieldPath = ".tables")
@ValidationRule(
    value = "!has(self.ttlAfterFinished) || self.ttlAfterFinished.matches(" + Rules.DURATION + ")",
    message = "ttlAfterFinished" + Rules.DURATION_MESSAGE,
    fieldPath = ".ttlAfterFinished")
public record BackfillSpec(
    @JsonPropertyDescription("The DataMart whose history is built again") @Required
        NameRef dataMartRef,
    @JsonPropertyDescription(
            "Tables of the mart, each of type Partitions. Default: all of that type")
        @Size(max = 100) List<@Size(min = 1, max = 300) String> tables,
    @JsonPropertyDescription("Which data") @Required BackfillRange range,
    @JsonPropertyDescription("Which intervals come first. Default OldestFirst") BackfillOrder order,
    @JsonPropertyDescription(
            "How many intervals are built at the same time. They are published one after the other. Default 1")
        @Min(1) @Max(8) Integer parallelism,
    @JsonPropertyDescription(
            "How many partitions one interval has: more make fewer, larger queries. With tables of several granularities the longest partition counts. Default 1")
        @Min(1) @Max(1000) Integer partitionsPerInterval,
    @JsonPropertyDescription(
            "True only tells what would be read, by dry runs that cost nothing, and ends. Default false")
        Boolean dryRun,
    @JsonPropertyDescription(
            "True pauses: intervals that are being built are finished, no other begins. Default false")
        Boolean suspend,
    @JsonPropertyDescription("What all intervals together may cost, besides the limits of the mart")
        BackfillLimits limits,
    @JsonPropertyDescription(
            "How long the Backfill stays once it has ended, e.g. 24h; its tables stay. Default: for ever")
        @Size(min = 2, max = 32) String ttlAfterFinished) {
  public BackfillSpec {
    tables = Copies.of(tables);
  }
}
