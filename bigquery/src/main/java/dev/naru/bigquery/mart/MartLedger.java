package dev.naru.bigquery.mart;

import static dev.naru.bigquery.ColumnType.INT64;
import static dev.naru.bigquery.ColumnType.STRING;
import static dev.naru.bigquery.ColumnType.TIMESTAMP;

import dev.naru.bigquery.Column;
import dev.naru.bigquery.Owner;
import dev.naru.bigquery.Query;
import dev.naru.bigquery.Sql;
import dev.naru.bigquery.TableId;
import dev.naru.bigquery.TableState;
import dev.naru.bigquery.Tables;
import dev.naru.runfile.Warehouse;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/**
 * The memory of what marts published: one table per dataset of marts, partitioned by day and
 * clustered by target. Its rows are written by the transactions that change the targets.
 */
final class MartLedger {

  private static final List<Column> COLUMNS =
      List.of(
          Column.required("run_key", STRING),
          Column.required("run_id", STRING),
          Column.required("mart", STRING),
          Column.required("target", STRING),
          Column.required("outcome", STRING).withDescription("Published"),
          Column.required("row_count", INT64).withDescription("rows of the candidate"),
          Column.required("byte_count", INT64).withDescription("logical bytes of the candidate"),
          Column.required("interval_start", TIMESTAMP).withDescription("inclusive"),
          Column.required("interval_end", TIMESTAMP).withDescription("exclusive"),
          Column.required("candidate", STRING),
          Column.required("sql_fingerprint", STRING),
          Column.required("run_started", TIMESTAMP),
          Column.required("recorded_at", TIMESTAMP),
          // later than the others: older ledgers get them, and their rows hold NULL
          Column.nullable("bytes_billed", INT64).withDescription("for building and checking"),
          Column.nullable("publish_job", STRING)
              .withDescription("id of the job that wrote this, without its attempt"));

  /** Stands for the id of the job in its own text, of which the id is made. */
  private static final String JOB = "naru_job";

  private final TableId table;
  private final Tables tables;
  private final Query query;

  /** What was published when it was last asked for, by run; then by target. */
  private final Map<String, Map<String, Done>> known = new ConcurrentHashMap<>();

  private final AtomicBoolean exists = new AtomicBoolean();
  private final AtomicReference<Optional<Long>> bytes = new AtomicReference<>(Optional.empty());

  MartLedger(Warehouse warehouse, String dataset, Tables tables, Query query) {
    this.table = new TableId(warehouse.project(), warehouse.opsDataset(), "marts_" + dataset);
    this.tables = tables;
    this.query = query;
  }

  /**
   * A publish.
   *
   * @param built when the candidate's job was created
   * @param bytes of the candidate
   * @param billed for building and checking it
   * @param fingerprint of the SQL
   */
  record Row(
      MartRun run,
      TableId target,
      TableId candidate,
      Window window,
      Instant built,
      String fingerprint,
      long rows,
      long bytes,
      long billed) {}

  /**
   * A publish that was done.
   *
   * @param job id of its step; empty when it was done by an older version
   */
  record Done(long rows, Optional<String> job) {}

  TableId table() {
    return table;
  }

  /** Makes sure that the table exists. */
  void create() {
    if (!exists.get()) {
      tables.createLedger(
          table,
          "Naru: what each run of a mart published into this dataset",
          COLUMNS,
          "recorded_at",
          "target");
      exists.set(true);
    }
  }

  /** Its size when it was first asked for; 0 when there is none yet. */
  long bytes() {
    if (bytes.get().isEmpty()) {
      bytes.set(Optional.of(tables.find(table).map(TableState::bytes).orElse(0L)));
    }
    return bytes.get().orElseThrow();
  }

  /**
   * What a run published into a target; empty when it had not when the run was first asked for.
   * BigQuery is asked once for all of a run: the transactions look again by themselves.
   */
  Optional<Done> published(MartRun run, TableId target) {
    var ofRun = known.computeIfAbsent(run.key(), _ -> read(run));
    return Optional.ofNullable(ofRun.get(target.toString()));
  }

  /** Asks again, and makes the table again: something happened that may have changed it. */
  void forget(MartRun run) {
    known.remove(run.key());
    exists.set(false);
  }

  private Map<String, Done> read(MartRun run) {
    var sql =
        "SELECT target, row_count, publish_job FROM %s WHERE %s".formatted(table.sql(), by(run));
    return query.rows("read ledger " + table, sql).stream()
        .collect(
            Collectors.toUnmodifiableMap(
                row -> row.text(0).orElseThrow(),
                row -> new Done(Long.parseLong(row.text(1).orElseThrow()), row.text(2)),
                (one, _) -> one));
  }

  /**
   * What runs of a mart published into a target last; empty when none did. Of Backfills nothing
   * follows: they fill parts of the history.
   */
  Optional<MartWarehouse.Past> past(TableId target, Owner owner) {
    var sql =
        "SELECT CAST(UNIX_MICROS(MAX(interval_end)) AS STRING), CAST(UNIX_MICROS(MAX(recorded_at)) AS STRING) FROM %s WHERE target = %s AND mart = %s AND outcome = 'Published' AND SUBSTR(run_id, 1, 2) IN ('s-', 'm-')"
            .formatted(table.sql(), Sql.string(target.toString()), Sql.string(owner.toString()));
    var row = query.rows("read ledger " + table, sql).getFirst();
    return row.text(0)
        .map(through -> new MartWarehouse.Past(moment(through), moment(row.text(1).orElseThrow())));
  }

  private static Instant moment(String micros) {
    return Instant.EPOCH.plus(Long.parseLong(micros), ChronoUnit.MICROS);
  }

  /** True when the run has published into the target. */
  String exists(MartRun run, TableId target) {
    return "EXISTS (SELECT 1 FROM %s WHERE %s)".formatted(table.sql(), is(run, target));
  }

  /**
   * True when another run has published after a candidate was built: what readers see is newer.
   *
   * @param within whether only publishes count whose windows overlap
   */
  String newer(Row row, boolean within) {
    var overlaps =
        within
            ? " AND interval_start < %s AND interval_end > %s"
                .formatted(Sql.timestamp(row.window().end()), Sql.timestamp(row.window().start()))
            : "";
    return "EXISTS (SELECT 1 FROM %s WHERE recorded_at > %s AND target = %s AND run_key != %s AND outcome = 'Published'%s)"
        .formatted(
            table.sql(),
            Sql.timestamp(row.built()),
            Sql.string(row.target().toString()),
            Sql.string(row.run().key()),
            overlaps);
  }

  private static String is(MartRun run, TableId target) {
    return "target = %s AND %s".formatted(Sql.string(target.toString()), by(run));
  }

  private static String by(MartRun run) {
    return "run_key = %s AND outcome = 'Published'".formatted(Sql.string(run.key()));
  }

  /** The statement that records a publish, ending with a semicolon. */
  String insert(Row row) {
    return "INSERT INTO %s (run_key, run_id, mart, target, outcome, row_count, byte_count, interval_start, interval_end, candidate, sql_fingerprint, run_started, recorded_at, bytes_billed, publish_job)\nVALUES (%s);"
        .formatted(
            table.sql(),
            String.join(
                ", ",
                Sql.string(row.run().key()),
                Sql.string(row.run().id()),
                Sql.string(row.run().owner().toString()),
                Sql.string(row.target().toString()),
                "'Published'",
                Long.toString(row.rows()),
                Long.toString(row.bytes()),
                Sql.timestamp(row.window().start()),
                Sql.timestamp(row.window().end()),
                Sql.string(row.candidate().toString()),
                Sql.string(row.fingerprint()),
                Sql.timestamp(row.run().started()),
                "CURRENT_TIMESTAMP()",
                paid(row)));
  }

  private static String paid(Row row) {
    return "%d, %s".formatted(row.billed(), Sql.string(JOB));
  }

  /** A text without what does not follow from the plan: when and for what the rows were built. */
  static String planned(String sql, Row row) {
    return sql.replace(Sql.timestamp(row.built()), "built").replace(paid(row), "paid");
  }

  /** A text that knows the id of its own step. */
  static String signed(String sql, String id) {
    return sql.replace(Sql.string(JOB), Sql.string(id));
  }
}
