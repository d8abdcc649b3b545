package dev.naru.worker.source.postgresql;

import dev.naru.runfile.RunFile;
import dev.naru.worker.source.Chunk;
import dev.naru.worker.source.ChunkSink;
import dev.naru.worker.source.ParallelRead;
import dev.naru.worker.source.ReadPlan;
import dev.naru.worker.source.ReadRequest;
import dev.naru.worker.source.Slots;
import dev.naru.worker.source.Source;
import dev.naru.worker.source.TableInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A table of PostgreSQL. The first session looks around, takes the bound, exports its snapshot and
 * then reads like the others, which import it; the view lasts until the last of them ends.
 */
public final class PostgresSource implements Source {

  private static final Logger LOG = LoggerFactory.getLogger(PostgresSource.class);

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
    return new PgPlanner(run, connector.username(), sessions.getFirst(), table, columns)
        .plan(request);
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
        LOG.atInfo()
            .addKeyValue("connection", run.source().connection())
            .addKeyValue("sessions", sessions.size())
            .addKeyValue("wanted", run.parallelism())
            .log("no free slot for another session");
        break;
      }
      sessions.add(another.get());
      Snapshot.join(another.get(), plan.view());
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

  private int cursorIndex() {
    var names = columns.stream().map(PgColumn::name).toList();
    return run.load().cursor().map(cursor -> names.indexOf(cursor.column())).orElse(-1);
  }
}
