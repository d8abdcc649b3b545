package dev.naru.worker.source.mysql;

import dev.naru.bigquery.RetryableFailure;
import dev.naru.runfile.Hashes;
import dev.naru.runfile.RunFile;
import dev.naru.worker.avro.AvroSchema;
import dev.naru.worker.source.Chunk;
import dev.naru.worker.source.ChunkSink;
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
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A table of MySQL or MariaDB, read in full. Several sessions read only where they can be shown to
 * see the same; otherwise one session reads all chunks.
 */
public final class MySqlSource implements Source {

  private static final Logger LOG = LoggerFactory.getLogger(MySqlSource.class);

  private final RunFile run;
  private final MySqlConnector connector;
  private final Slots<MySqlSession> slots;
  private final List<MySqlSession> sessions = new ArrayList<>();
  private MySqlTable table;
  private List<MySqlColumn> columns;

  /** A table of one run; nothing is opened yet. */
  public MySqlSource(RunFile run, MySqlConnector connector) {
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
    var catalog = new MySqlCatalog(first, run.source(), connector.username());
    table = catalog.table(run.table().schema(), run.table().name());
    var inspection = new MySqlInspection(first, catalog, run, connector.username());
    columns = inspection.check(table);
    var readOnly = first.row("asking for the role", "SELECT @@global.read_only").getFirst();
    return new TableInfo(
        table.schema(),
        table.name(),
        columns.stream().map(column -> column.field().column()).toList(),
        table.primaryKey(),
        table.rows(),
        table.bytes(),
        MySqlProbe.version(first),
        MySqlProbe.role(readOnly),
        inspection.warnings());
  }

  @Override
  public ReadPlan plan(ReadRequest request) {
    var first = sessions.getFirst();
    var schema = AvroSchema.of(columns.stream().map(MySqlColumn::field).toList());
    var predicate = run.table().filter().map("(%s)"::formatted).orElse("");
    // a snapshot of another attempt is gone: nothing read under it can stand beside this one
    var view = UUID.randomUUID().toString();
    var chunks =
        new MySqlChunks(Hashes.sha256Hex(table.sql(), predicate, schema, view)).of(first, table);
    openMore(Math.min(run.parallelism(), chunks.size()));
    var now = now(first);
    if (!SharedSnapshot.open(sessions)) {
      LOG.atInfo()
          .addKeyValue("connection", run.source().connection())
          .log("one session reads: the server does not show that snapshots are equal");
      keepFirst();
    }
    return new ReadPlan(
        RunFile.Mode.FULL,
        view,
        table.hasSnapshots() ? ReadPlan.Consistency.SNAPSHOT : ReadPlan.Consistency.PER_CHUNK,
        columns.stream().map(column -> column.field().column()).toList(),
        schema,
        chunks,
        predicate,
        Optional.empty(),
        now,
        table.rows(),
        List.of());
  }

  @Override
  public void read(ReadPlan plan, Collection<Chunk> chunks, ChunkSink sink)
      throws InterruptedException {
    if (chunks.isEmpty()) {
      return;
    }
    var readers =
        sessions.stream()
            .map(session -> new MySqlReader(session, table, columns, plan.predicate()))
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
    sessions.forEach(MySqlSession::close);
    sessions.clear();
  }

  private void openMore(int wanted) {
    while (sessions.size() < wanted && sessions.getFirst().isMariaDb()) {
      var another = slots.tryAcquire();
      if (another.isEmpty()) {
        LOG.atInfo()
            .addKeyValue("connection", run.source().connection())
            .addKeyValue("sessions", sessions.size())
            .addKeyValue("wanted", wanted)
            .log("no free slot for another session");
        return;
      }
      sessions.add(another.get());
    }
  }

  private void keepFirst() {
    for (var session : sessions.subList(1, sessions.size())) {
      session.close();
    }
    sessions.subList(1, sessions.size()).clear();
  }

  private static Instant now(MySqlSession session) {
    var micros =
        session.row(
            "asking for the time", "SELECT CAST(unix_timestamp(now(6)) * 1000000 AS SIGNED)");
    if (micros.getFirst() == null) {
      throw new RetryableFailure(SourceReason.SOURCE_FAILED, "The server does not tell its time.");
    }
    return Instant.EPOCH.plusNanos(Long.parseLong(micros.getFirst()) * 1000);
  }
}
