package dev.naru.runfile;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.Optional;

/**
 * How one run ended: the termination message, {@code result.json} in the staging bucket, and (as
 * columns) the ledger row.
 *
 * @param apiVersion {@link #API_VERSION}
 * @param runId {@code s-<unixMinutes>}, {@code m-<hash>} or {@code j-<uid>-<name>}
 * @param runKey ledger key
 * @param fingerprint see {@link Fingerprint}
 * @param outcome what happened to the target
 * @param reason closed set, CamelCase, for the RunHealthy condition; {@code Published} on success
 * @param message for people: what is wrong, where, what is allowed, what to do next
 * @param mode how it was loaded; absent when the run failed before that was known
 * @param modeReason why a full load was made of an incremental job
 * @param rows rows published (failed runs: read)
 * @param bytes bytes of the staged files
 * @param dataThrough up to when the target is complete
 * @param startTime start of this run
 * @param completionTime end of this run
 */
public record RunResult(
    String apiVersion,
    String runId,
    String runKey,
    String fingerprint,
    Outcome outcome,
    String reason,
    String message,
    Optional<RunFile.Mode> mode,
    Optional<String> modeReason,
    long rows,
    long bytes,
    Optional<Instant> dataThrough,
    Instant startTime,
    Instant completionTime) {

  /** The version of this document. */
  public static final String API_VERSION = "naru.dev/result.v1";

  /** Kubernetes cuts termination messages at 4 KiB; ours stay below this many bytes. */
  public static final int MAX_TERMINATION_BYTES = 3072;

  /** What happened to the target. */
  public enum Outcome {
    /** This run published. */
    @JsonProperty("Published")
    PUBLISHED,
    /** An earlier attempt of this run had published already: nothing was done. */
    @JsonProperty("AlreadyPublished")
    ALREADY_PUBLISHED,
    /** The target was not touched; a retry may help. */
    @JsonProperty("Failed")
    FAILED,
    /** The target was not touched; a person must act first. */
    @JsonProperty("ActionNeeded")
    ACTION_NEEDED
  }
}
