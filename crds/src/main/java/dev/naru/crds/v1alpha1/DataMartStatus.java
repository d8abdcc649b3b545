package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** How a mart goes. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record DataMartStatus(
    @JsonPropertyDescription(
            "Generation of the spec this status was computed from; -1 before the first")
        Long observedGeneration,
    @JsonPropertyDescription(
            "Ready, RunHealthy, ChecksPassing, WithinBudget, Fresh and SqlAnalyzed; Reconciling, Stalled and Degraded only when True")
        @Size(max = 16) List<Condition> conditions,
    @JsonPropertyDescription(
            "Up to when every table is complete: the end of the window of the last run that published all")
        Instant dataThrough,
    @JsonPropertyDescription("Tables published of tables declared, e.g. 8/8") @Size(max = 16) String tablesReady,
    @JsonPropertyDescription("The newest run") MartRun lastRun,
    @JsonPropertyDescription("The newest run that succeeded") MartRun lastSuccess,
    @JsonPropertyDescription("The last firing of the schedule that a run was started for")
        Instant lastScheduleTime,
    @JsonPropertyDescription("When the next run starts by schedule") @Size(max = 64) String nextRun,
    @JsonPropertyDescription("What the next run would do") MartPlan plan,
    @JsonPropertyDescription("The tables") @Size(max = 100) List<MartTableStatus> tables,
    @JsonPropertyDescription(
            "Tables in the dataset that were declared once and are no more; see spec.deletionPolicy")
        @Size(max = 100) List<@Size(max = 300) String> orphanedTables,
    @JsonPropertyDescription("The newest runs that ended, newest first") @Size(max = 5) List<MartRun> history,
    @JsonPropertyDescription("Fields that are absent in spec, by path, and the value that counts")
        @Size(max = 32) Map<String, @Size(max = 256) String> effective,
    @JsonPropertyDescription("Value of annotation naru.dev/run-requested-at that was last acted on")
        @Size(max = 256) String lastHandledRunRequest,
    @JsonPropertyDescription(
            "Value of annotation naru.dev/cancel-requested-at that was last acted on")
        @Size(max = 256) String lastHandledCancelRequest) {
  public DataMartStatus {
    conditions = Copies.of(conditions);
    tables = Copies.of(tables);
    orphanedTables = Copies.of(orphanedTables);
    history = Copies.of(history);
    effective = Copies.of(effective);
  }
}
