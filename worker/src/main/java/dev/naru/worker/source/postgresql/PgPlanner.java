package dev.naru.worker.source.postgresql;

import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.runfile.Hashes;
import dev.naru.runfile.RunFile;
import dev.naru.worker.avro.AvroSchema;
import dev.naru.worker.source.Chunk;
import dev.naru.worker.source.CursorType;
import dev.naru.worker.source.ReadPlan;
import dev.naru.worker.source.ReadRequest;
import dev.naru.worker.source.SourceReason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Decides how one run reads a table; its session holds the snapshot from then on. */
final class PgPlanner {

  private final RunFile run;
  private final String username;
  private final PgSession session;
  private final PgTable table;
  private final List<PgColumn> columns;

  PgPlanner(
      RunFile run, String username, PgSession session, PgTable table, List<PgColumn> columns) {
    this.run = run;
    this.username = username;
    this.session = session;
    this.table = table;
    this.columns = columns;
  }

  /** The safe bound first, then the snapshot: see {@link PgBound}. */
  ReadPlan plan(ReadRequest request) throws InterruptedException {
    var continued = request.earlier().filter(earlier -> canContinue(earlier, request.mode()));
    var bound = new PgBound(session);
    var through =
        continued.isPresent()
            ? new SafeBound(
                continued.get().bound().orElseThrow(), continued.get().dataThrough(), List.of())
            : bound(bound, request.previousBound());
    var view = Snapshot.export(session);
    return continued
        .map(earlier -> continuing(earlier, view))
        .orElseGet(() -> fresh(request, through, view));
  }

  /**
   * Chunks read under another snapshot can stand beside new ones when a row that changed in between
   * is read again by the next incremental run, and when the borders do not depend on the snapshot.
   */
  private boolean canContinue(ReadPlan earlier, RunFile.Mode mode) {
    return earlier.mode() == mode
        && earlier.bound().isPresent()
        && earlier.avroSchema().equals(avroSchema())
        && earlier.chunks().stream().noneMatch(chunk -> chunk.predicate().startsWith("ctid"));
  }

  private ReadPlan continuing(ReadPlan earlier, String view) {
    return new ReadPlan(
        earlier.mode(),
        view,
        ReadPlan.Consistency.PER_CHUNK,
        earlier.columns(),
        earlier.avroSchema(),
        earlier.chunks(),
        earlier.predicate(),
        earlier.bound(),
        earlier.dataThrough(),
        earlier.estimatedRows(),
        earlier.warnings());
  }

  private ReadPlan fresh(ReadRequest request, SafeBound through, String view) {
    var incremental = request.mode() == RunFile.Mode.INCREMENTAL;
    var filter = run.table().filter().orElse("");
    var predicate = incremental ? Sql.and(filter, cursorRange(request, through)) : Sql.and(filter);
    var warnings = new ArrayList<>(through.warnings());
    if (incremental) {
      warnNullCursors(filter, warnings);
    }
    return new ReadPlan(
        request.mode(),
        view,
        ReadPlan.Consistency.SNAPSHOT,
        columns.stream().map(column -> column.field().column()).toList(),
        avroSchema(),
        chunks(incremental, predicate, view),
        predicate,
        run.load().cursor().map(cursor -> through.bound()),
        through.dataThrough(),
        incremental ? -1 : table.rows(),
        warnings);
  }

  private SafeBound bound(PgBound bound, Optional<String> previous) throws InterruptedException {
    if (run.load().cursor().isEmpty()) {
      var now = bound.now();
      return new SafeBound("", now, List.of());
    }
    var cursor = run.load().cursor().get();
    return cursorType(cursor.column()) == CursorType.INTEGER
        ? bound.ofSequence(table, cursor.column(), previous)
        : bound.ofTime(previous.map(Instant::parse), cursor.lookback(), grant());
  }

  private String grant() {
    return "GRANT pg_read_all_stats TO %s;".formatted(Sql.identifier(username));
  }

  private String cursorRange(ReadRequest request, SafeBound through) {
    var cursor =
        run.load()
            .cursor()
            .orElseThrow(
                () ->
                    new ActionNeededFailure(
                        SourceReason.MODE_UNSUPPORTED,
                        "spec.load.mode Incremental needs spec.load.incremental.cursor."));
    var from = request.previousBound().orElseThrow();
    return CursorRange.predicate(
        cursorType(cursor.column()), cursor.column(), from, through.bound(), cursor.lookback());
  }

  private void warnNullCursors(String filter, List<String> warnings) {
    var column = run.load().cursor().orElseThrow().column();
    var nulls =
        session
            .row(
                "counting NULL cursors",
                "SELECT count(*) FROM %s%s"
                    .formatted(table.sql(), Sql.where(filter, Sql.identifier(column) + " IS NULL")))
            .getFirst();
    if (!nulls.equals("0")) {
      warnings.add(
          "%s row(s) of %s have no %s: incremental runs never see them. Set the column, or request a full refresh to read them."
              .formatted(nulls, table.title(), column));
    }
  }

  private List<Chunk> chunks(boolean incremental, String predicate, String view) {
    var scope = Hashes.sha256Hex(table.sql(), predicate, avroSchema());
    if (incremental) {
      return new PgChunks(scope).single();
    }
    if (table.canReadByBlocks()) {
      return new PgChunks(scope + view).blocks(table.pages(), table.bytes(), run.parallelism());
    }
    if (!table.primaryKey().isEmpty()) {
      return new PgChunks(scope + (run.load().cursor().isPresent() ? "" : view))
          .keys(session, table);
    }
    return new PgChunks(scope + view).single();
  }

  private CursorType cursorType(String cursor) {
    return columns.stream()
        .filter(column -> column.name().equals(cursor))
        .findFirst()
        .flatMap(column -> CursorType.of(column.field().column().type()))
        .orElseThrow();
  }

  private String avroSchema() {
    return AvroSchema.of(columns.stream().map(PgColumn::field).toList());
  }
}
