package dev.naru.bigquery;

import dev.naru.runfile.RunFile.Mode;
import dev.naru.runfile.RunResult.Outcome;
import java.time.Instant;
import java.util.Optional;

/**
 * One row of the ledger: how one run ended. A run has at most one row with {@link
 * Outcome#PUBLISHED}, written in the transaction that changed the target.
 *
 * @param target {@code project.dataset.table}
 * @param resource {@code namespace/name} of the IngestionJob
 * @param bound exclusive upper end of the cursor, the next incremental run begins there
 * @param targetCreated when the table was created that this run published into: a table that was
 *     dropped and made again does not hold what the ledger says
 * @param pod who wrote the row
 * @param recordedAt set by BigQuery when the row is written; absent before
 */
public record LedgerRow(
    String runKey,
    String runId,
    String target,
    String resource,
    Outcome outcome,
    String reason,
    String message,
    String fingerprint,
    Optional<Mode> mode,
    Optional<String> modeReason,
    long rows,
    long bytes,
    Optional<String> bound,
    Optional<Instant> dataThrough,
    Optional<Instant> targetCreated,
    Instant startTime,
    String pod,
    Optional<Instant> recordedAt) {}
