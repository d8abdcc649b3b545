package dev.naru.bigquery.mart;

import dev.naru.runfile.RunFile.Partitioning;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** How a table of a mart is kept. */
public sealed interface Materialization {

  /** Everything is replaced by every run. */
  record Full(Optional<Partitioning> partitioning) implements Materialization {}

  /** Exactly the partitions of the run's window are replaced. */
  record Partitions(Partitioning partitioning) implements Materialization {}

  /**
   * Rows of the same key are replaced, new ones are added.
   *
   * @param orderBy of several rows with one key, the one with the greatest values counts
   * @param fixedPartition whether rows of one key always lie in one partition, so that no others
   *     are read
   */
  record Merge(
      List<String> key,
      List<String> orderBy,
      Optional<Partitioning> partitioning,
      boolean fixedPartition)
      implements Materialization {
    public Merge {
      key = List.copyOf(key);
      orderBy = List.copyOf(orderBy);
    }

    /** One whose SQL answers one row per key, and whose rows may move to other partitions. */
    public Merge(List<String> key, Optional<Partitioning> partitioning) {
      this(key, List.of(), partitioning, false);
    }
  }

  /** A stored query. */
  record View() implements Materialization {}

  /** A stored query whose result BigQuery keeps fresh by itself. */
  record MaterializedView(Optional<Duration> refreshInterval, Optional<Duration> maxStaleness)
      implements Materialization {}
}
