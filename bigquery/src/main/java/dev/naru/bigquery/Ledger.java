package dev.naru.bigquery;

import static dev.naru.bigquery.ColumnType.INT64;
import static dev.naru.bigquery.ColumnType.STRING;
import static dev.naru.bigquery.ColumnType.TIMESTAMP;

import dev.naru.runfile.RunFile.Mode;
import dev.naru.runfile.RunResult.Outcome;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The memory of what was published: one table per destination dataset, partitioned by day and
 * clustered by target. It outlives BigQuery's job history and every status in Kubernetes.
 */
public final class Ledger {

  private static final List<Column> COLUMNS =
      List.of(
          Column.required("run_key", STRING),
          Column.required("run_id", STRING),
          Column.required("target", STRING),
          Column.required("resource", STRING),
          Column.required("outcome", STRING).withDescription("Published, Failed or ActionNeeded"),
          Column.required("reason", STRING),
          Column.required("message", STRING),
          Column.required("fingerprint", STRING)
              .withDescription("hashes of what decides the content, by field path"),
          Column.nullable("mode", STRING),
          Column.nullable("mode_reason", STRING),
          Column.required("row_count", INT64),
          Column.required("byte_count", INT64),
          Column.nullable("cursor_bound", STRING)
              .withDescription("exclusive; the next incremental run begins here"),
          Column.nullable("data_through", TIMESTAMP),
          Column.nullable("target_created", TIMESTAMP)
              .withDescription("when the table was created that this run published into"),
          Column.required("start_time", TIMESTAMP),
          Column.required("pod", STRING),
          Column.required("recorded_at", TIMESTAMP));

  private final TableId table;
  private final Tables tables;
  private final Query query;
  private final JobRunner jobs;

  Ledger(TableId table, Tables tables, Query query, JobRunner jobs) {
    this.table = table;
    this.tables = tables;
    this.query = query;
    this.jobs = jobs;
  }

  /** Its table. */
  public TableId table() {
    return table;
  }

  /** Makes sure that the table exists. */
  public void create() {
    tables.createLedger(
        table,
        "Naru: how each ingestion run into this dataset ended",
        COLUMNS,
        "recorded_at",
        "target");
  }

  /** How a run ended last; its Published row when there is one. */
  public Optional<LedgerRow> find(TableId target, String runKey) {
    var published =
        one(target, " AND run_key = %s AND outcome = 'Published'".formatted(Sql.string(runKey)));
    return published.isPresent()
        ? published
        : one(target, " AND run_key = %s".formatted(Sql.string(runKey)));
  }

  /** The run whose rows the target holds. */
  public Optional<LedgerRow> lastPublished(TableId target) {
    return one(target, " AND outcome = 'Published'");
  }

  /**
   * Records a run that did not publish; each pod of a run at most once.
   *
   * @param row of outcome {@code FAILED} or {@code ACTION_NEEDED}
   */
  public void recordFailure(LedgerRow row) {
    if (row.outcome() == Outcome.PUBLISHED) {
      throw new IllegalArgumentException("a publish is recorded by its own transaction");
    }
    var step = new JobStep(row.runKey(), "record failure of " + row.pod());
    jobs.run(step, query.statement(insert(table, row)));
  }

  private Optional<LedgerRow> one(TableId target, String condition) {
    var sql =
        """
        SELECT run_key, run_id, target, resource, outcome, reason, message, fingerprint,
          mode, mode_reason, row_count, byte_count, cursor_bound,
          UNIX_MICROS(data_through), UNIX_MICROS(target_created), UNIX_MICROS(start_time),
          pod, UNIX_MICROS(recorded_at)
        FROM %s
        WHERE target = %s%s
        ORDER BY recorded_at DESC
        LIMIT 1"""
            .formatted(table.sql(), Sql.string(target.toString()), condition);
    return query.rows("read ledger " + table, sql).stream().findFirst().map(Ledger::parse);
  }

  /** The statement that adds a row, ending with a semicolon. */
  static String insert(TableId table, LedgerRow row) {
    return "INSERT INTO %s (run_key, run_id, target, resource, outcome, reason, message, fingerprint, mode, mode_reason, row_count, byte_count, cursor_bound, data_through, target_created, start_time, pod, recorded_at)\nVALUES (%s);"
        .formatted(
            table.sql(),
            String.join(
                ", ",
                Sql.string(row.runKey()),
                Sql.string(row.runId()),
                Sql.string(row.target()),
                Sql.string(row.resource()),
                Sql.string(name(row.outcome())),
                Sql.string(row.reason()),
                Sql.string(row.message()),
                Sql.string(row.fingerprint()),
                Sql.string(row.mode().map(Ledger::name)),
                Sql.string(row.modeReason()),
                Long.toString(row.rows()),
                Long.toString(row.bytes()),
                Sql.string(row.bound()),
                Sql.timestamp(row.dataThrough()),
                Sql.timestamp(row.targetCreated()),
                Sql.timestamp(Optional.of(row.startTime())),
                Sql.string(row.pod()),
                "CURRENT_TIMESTAMP()"));
  }

  private static LedgerRow parse(Query.Row row) {
    return new LedgerRow(
        required(row, 0),
        required(row, 1),
        required(row, 2),
        required(row, 3),
        outcome(required(row, 4)),
        required(row, 5),
        required(row, 6),
        required(row, 7),
        row.text(8).map(Ledger::mode),
        row.text(9),
        Long.parseLong(required(row, 10)),
        Long.parseLong(required(row, 11)),
        row.text(12),
        row.text(13).map(Ledger::instant),
        row.text(14).map(Ledger::instant),
        instant(required(row, 15)),
        required(row, 16),
        row.text(17).map(Ledger::instant));
  }

  private static String required(Query.Row row, int column) {
    return row.text(column)
        .orElseThrow(() -> new IllegalStateException("NULL in column " + column + " of a ledger"));
  }

  private static Instant instant(String micros) {
    return Instant.EPOCH.plus(Long.parseLong(micros), ChronoUnit.MICROS);
  }

  private static String name(Outcome outcome) {
    return switch (outcome) {
      case PUBLISHED -> "Published";
      case ALREADY_PUBLISHED -> "AlreadyPublished";
      case FAILED -> "Failed";
      case ACTION_NEEDED -> "ActionNeeded";
    };
  }

  private static Outcome outcome(String name) {
    return Arrays.stream(Outcome.values())
        .filter(outcome -> name(outcome).equals(name))
        .findFirst()
        // a newer version's word for an end that did not publish
        .orElse(Outcome.FAILED);
  }

  private static String name(Mode mode) {
    return switch (mode) {
      case FULL -> "Full";
      case INCREMENTAL -> "Incremental";
    };
  }

  private static Mode mode(String name) {
    return name.equals("Incremental") ? Mode.INCREMENTAL : Mode.FULL;
  }
}
