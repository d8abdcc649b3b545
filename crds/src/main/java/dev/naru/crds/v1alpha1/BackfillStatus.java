package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import java.util.Map;

/** How a Backfill goes. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record BackfillStatus(
    @JsonPropertyDescription(
            "Generation of the spec this status was computed from; -1 before the first")
        Long observedGeneration,
    @JsonPropertyDescription("Ready; Reconciling and Stalled only when True") @Size(max = 16) List<Condition> conditions,
    @JsonPropertyDescription("Intervals done of all, e.g. 12/31") @Size(max = 32) String progress,
    @JsonPropertyDescription("How many intervals there are") Long total,
    @JsonPropertyDescription("How many are published") Long done,
    @JsonPropertyDescription("How many failed and were not published since") Long failed,
    @JsonPropertyDescription(
            "How many have ended, in their order; those that are being built come after them")
        Long position,
    @JsonPropertyDescription("The intervals that are being built, or wait for their turn")
        @Size(max = 8) List<@Size(max = 160) String> running,
    @JsonPropertyDescription("The intervals that failed, oldest first") @Size(max = 20) List<FailedInterval> failures,
    @JsonPropertyDescription("What all intervals would read, by dry runs before the first")
        Long estimatedBytes,
    @JsonPropertyDescription("Bytes billed so far") Long bytes,
    @JsonPropertyDescription("Rows published so far") Long rows,
    @JsonPropertyDescription("The tables that are built again, parents first") @Size(max = 100) List<@Size(max = 300) String> tables,
    @JsonPropertyDescription(
            "What the rows are made of: SQL, materialization, variables. Another one in the mart stops the Backfill")
        @Size(max = 64) String fingerprint,
    @JsonPropertyDescription("The newest go at it") BackfillRun lastRun,
    @JsonPropertyDescription("Fields that are absent in spec, by path, and the value that counts")
        @Size(max = 32) Map<String, @Size(max = 256) String> effective,
    @JsonPropertyDescription("Value of annotation naru.dev/run-requested-at that was last acted on")
        @Size(max = 256) String lastHandledRunRequest,
    @JsonPropertyDescription(
            "Value of annotation naru.dev/cancel-requested-at that was last acted on")
        @Size(max = 256) String lastHandledCancelRequest) {
  public BackfillStatus {
    conditions = Copies.of(conditions);
    running = Copies.of(running);
    failures = Copies.of(failures);
    tables = Copies.of(tables);
    effective = Copies.of(effective);
  }
}
