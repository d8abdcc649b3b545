package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** How an ingestion goes. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record IngestionJobStatus(
    @JsonPropertyDescription(
            "Generation of the spec this status was computed from; -1 before the first")
        Long observedGeneration,
    @JsonPropertyDescription(
            "Ready and RunHealthy; Reconciling, Stalled and Degraded only when True")
        @Size(max = 16) List<Condition> conditions,
    @JsonPropertyDescription(
            "Up to when the target is complete: the snapshot of a full load, the safe bound "
                + "of an incremental one")
        Instant dataThrough,
    @JsonPropertyDescription("The newest run") Run lastRun,
    @JsonPropertyDescription("The newest run that succeeded") Run lastSuccess,
    @JsonPropertyDescription("When the next run starts by schedule") @Size(max = 64) String nextRun,
    @JsonPropertyDescription("Present when the next load differs from the declared mode")
        NextLoad nextLoad,
    @JsonPropertyDescription("The newest runs that ended, newest first") @Size(max = 5) List<Run> history,
    @JsonPropertyDescription(
            "Fields that are absent in spec, by path, and the value that counts; in brackets the "
                + "template it comes from, nothing where it is Naru's own default")
        @Size(max = 32) Map<String, @Size(max = 256) String> effective,
    @JsonPropertyDescription("ConfigMap with what the next run is told") @Size(max = 63) String runFile,
    @JsonPropertyDescription("Value of annotation naru.dev/run-requested-at that was last acted on")
        @Size(max = 256) String lastHandledRunRequest,
    @JsonPropertyDescription(
            "Value of annotation naru.dev/full-refresh-requested-at that was last acted on")
        @Size(max = 256) String lastHandledFullRefreshRequest,
    @JsonPropertyDescription(
            "Value of annotation naru.dev/cancel-requested-at that was last acted on")
        @Size(max = 256) String lastHandledCancelRequest) {

  public IngestionJobStatus {
    conditions = Copies.of(conditions);
    history = Copies.of(history);
    effective = Copies.of(effective);
  }
}
