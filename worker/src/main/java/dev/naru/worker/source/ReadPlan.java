package dev.naru.worker.source;

import dev.naru.bigquery.Column;
import dev.naru.runfile.RunFile;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How one run reads: a document that a restarted pod can take up.
 *
 * @param view identity of the snapshot
 * @param consistency what the chunks together show
 * @param columns columns of the files, in order
 * @param avroSchema schema of the files
 * @param chunks their union is the plan's rows, without overlap
 * @param predicate SQL predicate of all rows of the plan (filter and cursor range); empty when all
 * @param bound exclusive upper end of the cursor; stored by the publish, given back as {@link
 *     ReadRequest#previousBound}. Present whenever the job declares a cursor, also in a full run
 * @param dataThrough up to when the target is complete after the publish
 * @param estimatedRows from statistics, −1 when unknown
 * @param warnings what a person should know, e.g. an unverified bound with the missing grant
 */
public record ReadPlan(
    RunFile.Mode mode,
    String view,
    Consistency consistency,
    List<Column> columns,
    String avroSchema,
    List<Chunk> chunks,
    String predicate,
    Optional<String> bound,
    Instant dataThrough,
    long estimatedRows,
    List<String> warnings) {

  public ReadPlan {
    // empty texts and lists are left out of documents
    predicate = predicate == null ? "" : predicate;
    columns = List.copyOf(columns);
    chunks = List.copyOf(chunks == null ? List.of() : chunks);
    warnings = List.copyOf(warnings == null ? List.of() : warnings);
  }

  /** What the chunks of a plan together show. */
  public enum Consistency {
    /** One point in time. */
    SNAPSHOT,
    /** Several points in time; changes in between are read again by the next incremental run. */
    PER_CHUNK
  }
}
