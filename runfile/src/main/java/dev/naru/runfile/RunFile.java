package dev.naru.runfile;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What one ingestion run has to do: written by the operator into an immutable ConfigMap, read by
 * the worker. It holds no secret, only where mounted secrets are found ({@link Mounts}).
 *
 * @param apiVersion {@link #API_VERSION}; a worker refuses another one
 * @param job the IngestionJob this run belongs to
 * @param source the database and how hard it may be read
 * @param table what to read from it
 * @param destination the table to fill
 * @param warehouse where, as whom and at what cost
 * @param primaryKey key columns of the data; empty when none is declared
 * @param load how the target is brought up to date
 * @param schemaPolicy what happens when the source's columns change
 * @param parallelism connections of one run, at least 1
 * @param timeout the run gives up after this time
 */
public record RunFile(
    String apiVersion,
    JobRef job,
    Database source,
    SourceTable table,
    Destination destination,
    Warehouse warehouse,
    List<String> primaryKey,
    Load load,
    SchemaPolicy schemaPolicy,
    int parallelism,
    Duration timeout) {

  /** The version of this document. */
  public static final String API_VERSION = "naru.dev/run.v1";

  public RunFile {
    primaryKey = List.copyOf(primaryKey == null ? List.of() : primaryKey);
  }

  /** The resource a run belongs to; it names files, labels and messages. */
  public record JobRef(String namespace, String name, String uid) {}

  /**
   * The table to read.
   *
   * @param schema PostgreSQL: the schema; MySQL: the database
   * @param includeColumns only these; empty means all
   * @param excludeColumns all but these; empty means none
   * @param filter an SQL predicate in the source's dialect
   */
  public record SourceTable(
      String schema,
      String name,
      List<String> includeColumns,
      List<String> excludeColumns,
      Optional<String> filter) {

    public SourceTable {
      includeColumns = List.copyOf(includeColumns == null ? List.of() : includeColumns);
      excludeColumns = List.copyOf(excludeColumns == null ? List.of() : excludeColumns);
    }
  }

  /**
   * The table to fill, within the warehouse's project.
   *
   * @param adopt whether a table that Naru did not create may be taken over
   */
  public record Destination(
      String dataset,
      String table,
      Optional<Partitioning> partitionBy,
      List<String> clusterBy,
      boolean adopt) {

    public Destination {
      clusterBy = List.copyOf(clusterBy == null ? List.of() : clusterBy);
    }
  }

  /**
   * Partitioning by a DATE, DATETIME or TIMESTAMP column.
   *
   * @param expirationDays partitions older than this many days are dropped by BigQuery
   */
  public record Partitioning(
      String column, Granularity granularity, Optional<Integer> expirationDays) {}

  /** Length of a partition. */
  public enum Granularity {
    @JsonProperty("Hour")
    HOUR,
    @JsonProperty("Day")
    DAY,
    @JsonProperty("Month")
    MONTH,
    @JsonProperty("Year")
    YEAR
  }

  /** How the target is brought up to date. */
  public record Load(Mode mode, Optional<Cursor> cursor) {}

  /**
   * The load mode as declared; the first incremental run and one after a changed fingerprint are
   * full.
   */
  public enum Mode {
    @JsonProperty("Full")
    FULL,
    @JsonProperty("Incremental")
    INCREMENTAL
  }

  /**
   * The column that orders changes.
   *
   * @param lookback how far below the last bound each run reads again
   */
  public record Cursor(String column, Duration lookback) {}

  /** What happens when the source's columns change. */
  public record SchemaPolicy(NewColumns newColumns) {}

  /** What happens with a column that the source has and the target lacks. */
  public enum NewColumns {
    @JsonProperty("Add")
    ADD,
    @JsonProperty("Report")
    REPORT,
    @JsonProperty("Fail")
    FAIL
  }
}
