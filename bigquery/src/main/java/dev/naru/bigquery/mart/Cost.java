package dev.naru.bigquery.mart;

import com.google.api.services.bigquery.model.JobStatistics2;
import java.util.List;
import java.util.Optional;

/**
 * What a query is billed for at most, as far as it can be told before.
 *
 * @param bytes as BigQuery bills them: whole MiB, at least 10 for each table that is read
 * @param atLeast whether it may be more: BigQuery knows a lower bound only, as of external tables
 */
public record Cost(long bytes, boolean atLeast) {

  /** Nothing is read. */
  public static final Cost NOTHING = new Cost(0, false);

  private static final long MIB = 1L << 20;
  private static final long LEAST = 10 * MIB;
  private static final long MUCH = 1L << 30;

  /** By a dry run. */
  static Cost of(JobStatistics2 dryRun) {
    var tables = Optional.ofNullable(dryRun.getReferencedTables()).orElse(List.of()).size();
    var bytes = Optional.ofNullable(dryRun.getTotalBytesProcessed()).orElse(0L);
    var accuracy = Optional.ofNullable(dryRun.getTotalBytesProcessedAccuracy()).orElse("");
    return new Cost(
        Math.max(rounded(bytes), tables * LEAST),
        accuracy.equals("LOWER_BOUND") || accuracy.equals("UNKNOWN"));
  }

  /** Of a statement that reads tables of these sizes as a whole. */
  static Cost whole(long... tables) {
    var sum = 0L;
    for (var table : tables) {
      sum += Math.max(rounded(table), LEAST);
    }
    return new Cost(sum, false);
  }

  private static long rounded(long bytes) {
    return (bytes + MIB - 1) / MIB * MIB;
  }

  /** Of both. */
  public Cost plus(Cost other) {
    return new Cost(bytes + other.bytes, atLeast || other.atLeast);
  }

  /**
   * What a query may be billed for where so much is left: a little more than estimated, as its
   * tables may have grown since.
   */
  public long within(long left) {
    if (atLeast) {
      return left;
    }
    return Math.min(left, left == Long.MAX_VALUE ? safely() : bytes + Math.max(bytes / 10, LEAST));
  }

  /** So much that a query which is billed for more is not the one that was looked at. */
  long safely() {
    return atLeast ? Long.MAX_VALUE : 2 * bytes + MUCH;
  }
}
