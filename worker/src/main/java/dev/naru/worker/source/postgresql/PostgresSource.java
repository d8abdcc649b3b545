package dev.naru.worker.source.postgresql;

import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.runfile.Hashes;
import dev.naru.runfile.RunFile;
import dev.naru.worker.avro.AvroSchema;
import dev.naru.worker.source.Chunk;
import dev.naru.worker.source.ChunkSink;
import dev.naru.worker.source.CursorType;
import dev.naru.worker.source.ParallelRead;
import dev.naru.worker.source.ReadPlan;
import dev.naru.worker.source.ReadRequest;
import dev.naru.worker.source.Slots;
import dev.naru.worker.source.Source;
import dev.naru.worker.source.SourceReason;
import dev.naru.worker.source.TableInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A table of PostgreSQL. The first session looks around, takes the bound, exports its snapshot and
 * then reads like the others, which import it; the view lasts until the last of them ends.
 */
public final class PostgresSource implements Source {

  private static final Logger LOG = LoggerFactory.getLogger(PostgresSource.class);
  private static final String SNAPSHOT = "taking the snapshot";
  private static final String BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

  private final RunFile run;
  private final PgConnector connector;
  private final Slots<PgSession> slots;
  private final List<PgSession> sessions = new ArrayList<>();
  private PgTable table;
  private List<PgColumn> columns;

  /** A table of one run; nothing is opened yet. */
  public PostgresSource(RunFile run, PgConnector connector) {
    this.run = run;
    this.connector = connector;
    this.slots =
        new Slots<>(
            run.source().connection(),
            run.source().maxConnections(),
            Duration.ofSeconds(2),
            connector);
  }

  @Override
  public TableInfo inspect() throws InterruptedException {
    var first = slots.acquire();
    sessions.add(first);
    var catalog = new PgCatalog(first, run.source(), connector.username());
    table = catalog.table(run.table().schema(), run.table().name());
    var inspection = new PgInspection(first, catalog, run, connector.username());
    columns = inspection.check(table);
    var server = first.row("asking for the version", PgProbe.SERVER);
    return new TableInfo(
        table.schema(),
        table.name(),
        columns.stream().map(column -> column.field().column()).toList(),
        table.primaryKey(),
        table.rows(),
        table.bytes(),
        "PostgreSQL " + server.getFirst(),
        server.get(1).equals("t") ? "Replica" : "Primary",
        inspection.warnings());
  }

  @Override
  public ReadPlan plan(ReadRequest request) throws InterruptedException {
    var first = sessions.getFirst();
    var continued = request.earlier().filter(earlier -> canContinue(earlier, request.mode()));
    var bound = new PgBound(first);
    // the bound first, then the snapshot: see PgBound
    var through =
        continued.isPresent()
            ? new SafeBound(
                continued.get().bound().orElseThrow(), continued.get().dataThrough(), List.of())
            : bound(bound, request.previousBound());
    first.execute(SNAPSHOT, BEGIN);
    var view = first.row(SNAPSHOT, "SELECT pg_export_snapshot()").getFirst();
    return continued
        .map(earlier -> continuing(earlier, view))
        .orElseGet(() -> fresh(request, through, view));
  }

  @Override
  public void read(ReadPlan plan, Collection<Chunk> chunks, ChunkSink sink)
      throws InterruptedException {
    if (chunks.isEmpty()) {
      return;
    }
    while (sessions.size() < Math.min(run.parallelism(), chunks.size())) {
      var another = slots.tryAcquire();
      if (another.isEmpty()) {
        LOG.info(
            "no free slot for another session connection={} sessions={} wanted={}",
            run.source().connection(),
            sessions.size(),
            run.parallelism());
        break;
      }
      sessions.add(another.get());
      another.get().execute(SNAPSHOT, BEGIN);
      another.get().execute(SNAPSHOT, "SET TRANSACTION SNAPSHOT " + Sql.literal(plan.view()));
    }
    var readers =
        sessions.stream()
            .map(session -> new PgReader(session, table, columns, plan.predicate(), cursorIndex()))
            .toList();
    new ParallelRead(plan, sink).run(readers, chunks);
  }

  @Override
  public long count(ReadPlan plan) {
    var counted =
        sessions
            .getFirst()
            .row(
                "counting " + table.title(),
                "SELECT count(*) FROM %s%s".formatted(table.sql(), Sql.where(plan.predicate())));
    return Long.parseLong(counted.getFirst());
  }

  @Override
  public void close() {
    sessions.forEach(PgSession::close);
    sessions.clear();
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
    return cursorType() == CursorType.INTEGER
        ? bound.ofSequence(table, cursor.column(), previous)
        : bound.ofTime(previous.map(Instant::parse), cursor.lookback(), grant());
  }

  private String grant() {
    return "GRANT pg_read_all_stats TO %s;".formatted(Sql.identifier(connector.username()));
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
        cursorType(), cursor.column(), from, through.bound(), cursor.lookback());
  }

  private void warnNullCursors(String filter, List<String> warnings) {
    var column = run.load().cursor().orElseThrow().column();
    var nulls =
        sessions
            .getFirst()
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
          .keys(sessions.getFirst(), table);
    }
    return new PgChunks(scope + view).single();
  }

  private CursorType cursorType() {
    return CursorType.of(columns.get(cursorIndex()).field().column().type()).orElseThrow();
  }

  private int cursorIndex() {
    var names = columns.stream().map(PgColumn::name).toList();
    return run.load().cursor().map(cursor -> names.indexOf(cursor.column())).orElse(-1);
  }

  private String avroSchema() {
    return AvroSchema.of(columns.stream().map(PgColumn::field).toList());
  }
}
