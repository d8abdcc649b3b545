package dev.naru.bigquery.mart;

import dev.naru.bigquery.Owner;
import dev.naru.bigquery.TableId;
import java.time.Instant;
import java.util.function.BooleanSupplier;

/**
 * A run of a mart, as far as BigQuery is concerned. Whoever works on it derives the same job ids.
 *
 * @param key identifies mart, run and what its tables mean
 * @param id for labels and the ledger, e.g. {@code s-29012345}
 * @param started when the run was decided, from status: a repeat must not differ
 * @param keepUntil when what a run stages expires
 * @param cancelled asked between two looks at a job that is going on; never stops a publish
 * @param lost told what jobs were billed for that failed or were cancelled
 */
public record MartRun(
    String key,
    String id,
    Owner owner,
    Instant started,
    Instant keepUntil,
    BooleanSupplier cancelled,
    Lost lost) {

  /** Told what was spent without being of use. */
  @FunctionalInterface
  public interface Lost {

    /**
     * A job was billed for so much; may be told again of the same job.
     *
     * @param table that it worked for
     */
    void billed(TableId table, String job, long bytes);
  }
}
