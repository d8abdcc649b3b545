package dev.naru.worker.source.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.bigquery.RetryableFailure;
import dev.naru.worker.server.MemorySink;
import dev.naru.worker.server.TestServer;
import dev.naru.worker.source.Chunk;
import dev.naru.worker.source.ChunkSink;
import dev.naru.worker.source.ReadPlan;
import dev.naru.worker.source.ReadRequest;
import dev.naru.worker.source.SourceReason;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Chunks together are the table, under one view, or the read fails. */
class PostgresReadIT {

  private static final int ROWS = 300_000;

  private static PostgresDatabase database;

  @BeforeAll
  static void start() {
    database = PostgresDatabase.create(TestServer.postgresql(), "reads");
    database.execute(
        "CREATE TABLE big (id bigint PRIMARY KEY, note text)",
        "INSERT INTO big SELECT g, repeat('x', 60) FROM generate_series(1, %d) g".formatted(ROWS),
        "ANALYZE big");
  }

  @Test
  void blockRangesUnderOneSnapshotAreTheTable() throws Exception {
    var read = PostgresDatabase.read(database.run("big").withParallelism(3, 8), ReadRequest.full());
    assertThat(read.plan().chunks()).hasSizeGreaterThan(2);
    assertThat(read.plan().consistency()).isEqualTo(ReadPlan.Consistency.SNAPSHOT);
    assertThat(read.ids()).isEqualTo(LongStream.rangeClosed(1, ROWS).boxed().toList());
    assertThat(read.count()).isEqualTo(ROWS);
  }

  @Test
  void rowsThatMoveWhileTheyAreReadAreSeenOnce() throws Exception {
    database.execute(
        "CREATE TABLE moving (id bigint PRIMARY KEY, note text)",
        "INSERT INTO moving SELECT g, repeat('x', 200) FROM generate_series(1, 100000) g",
        "ANALYZE moving");
    var going = new AtomicBoolean(true);
    var writer =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (going.get()) {
                    database.execute(
                        "UPDATE moving SET note = note || 'y' WHERE id % 97 = (random() * 96)::int",
                        "WITH gone AS (DELETE FROM moving WHERE id = (SELECT min(id) FROM moving) RETURNING 1)"
                            + " INSERT INTO moving SELECT max(id) + 1, 'new' FROM moving HAVING (SELECT count(*) FROM gone) = 1");
                  }
                });
    try {
      for (var i = 0; i < 5; i++) {
        var read =
            PostgresDatabase.read(database.run("moving").withParallelism(3, 8), ReadRequest.full());
        assertThat(new HashSet<>(read.ids())).hasSize(100_000);
        assertThat(read.ids()).hasSize(100_000);
        assertThat(read.count()).isEqualTo(100_000);
      }
    } finally {
      going.set(false);
      writer.join();
    }
  }

  @Test
  void keyRangesOfPartitionedTablesAndViewsAreTheTable() throws Exception {
    database.execute(
        "CREATE TABLE parted (region text COLLATE \"en-x-icu\", id bigint, PRIMARY KEY (region, id)) PARTITION BY LIST (region)",
        "CREATE TABLE parted_a PARTITION OF parted FOR VALUES IN ('ä''b')",
        "CREATE TABLE parted_b PARTITION OF parted DEFAULT",
        "INSERT INTO parted SELECT CASE WHEN g % 3 = 0 THEN 'ä''b' ELSE 'Z' || g % 7 END, g FROM generate_series(1, 1200000) g",
        "ANALYZE parted",
        "CREATE VIEW first_ones AS SELECT * FROM parted WHERE id <= 1000");
    var parted =
        PostgresDatabase.read(database.run("parted").withParallelism(2, 8), ReadRequest.full());
    assertThat(parted.plan().chunks()).hasSize(3);
    assertThat(parted.sink().rows()).isEqualTo(1_200_000).isEqualTo(parted.count());
    assertThat(PostgresDatabase.read(database.run("first_ones"), ReadRequest.full()).ids())
        .hasSize(1000);
  }

  @Test
  void theFilterHoldsInEveryChunkAndNamesAreQuoted() throws Exception {
    database.execute(
        "CREATE TABLE \"Odd \"\"Table\" (id int PRIMARY KEY, \"Select\" text)",
        "INSERT INTO \"Odd \"\"Table\" SELECT g, CASE WHEN g % 2 = 0 THEN 'it''s; --' ELSE 'b' END FROM generate_series(1, 10) g");
    var run = database.run("Odd \"Table").withFilter("\"Select\" = 'it''s; --' OR id = 1");
    assertThat(PostgresDatabase.read(run, ReadRequest.full()).ids())
        .containsExactly(1L, 2L, 4L, 6L, 8L, 10L);
    var only =
        PostgresDatabase.read(run.withColumns(List.of(), List.of("Select")), ReadRequest.full());
    assertThat(only.sink().records().getFirst().getSchema().getFields()).hasSize(1);
  }

  @Test
  void aConnectionKilledInTheMiddleIsAFailure() throws Exception {
    var run = database.run("big").withParallelism(2, 8);
    try (var source = PostgresDatabase.source(run)) {
      source.inspect();
      var plan = source.plan(ReadRequest.full());
      var sink = new MemorySink();
      var killed = new AtomicBoolean();
      ChunkSink killing =
          chunk -> {
            if (killed.compareAndSet(false, true)) {
              database.execute(
                  "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'naru/%' AND datname = 'reads'");
            }
            return new Slow(sink.open(chunk));
          };
      assertThatThrownBy(() -> source.read(plan, plan.chunks(), killing))
          .isInstanceOfSatisfying(
              RetryableFailure.class,
              e -> assertThat(e.reason()).isEqualTo(SourceReason.CONNECTION_LOST));
      assertThat(sink.rows()).isLessThan(ROWS);
    }
  }

  @Test
  void aSinkThatFailsEndsTheReadAndDropsItsFile() throws Exception {
    try (var source = PostgresDatabase.source(database.run("big"))) {
      source.inspect();
      var plan = source.plan(ReadRequest.full());
      ChunkSink failing =
          chunk ->
              new Slow(new MemorySink().open(chunk)) {
                @Override
                public void write(byte[] bytes, int offset, int length) throws IOException {
                  throw new IOException("disk full");
                }
              };
      assertThatThrownBy(() -> source.read(plan, plan.chunks(), failing))
          .isInstanceOf(RetryableFailure.class)
          .hasMessageContaining("disk full");
    }
  }

  @Test
  void aRowLargerThanBigQueryTakesIsRefusedWithItsKey() {
    database.execute(
        "CREATE TABLE wide (id int PRIMARY KEY, body text)",
        "INSERT INTO wide VALUES (1, 'x'), (77, repeat('y', 17000000))");
    assertThatThrownBy(() -> PostgresDatabase.read(database.run("wide"), ReadRequest.full()))
        .isInstanceOfSatisfying(
            ActionNeededFailure.class,
            e -> assertThat(e.reason()).isEqualTo(SourceReason.ROW_TOO_LARGE))
        .hasMessageContaining("id=77")
        .hasMessageContaining("16,000,000");
  }

  @Test
  void anIncrementalPlanIsContinuedWithItsChunksAndBound() throws Exception {
    database.execute(
        "CREATE TABLE inc (id int PRIMARY KEY, at timestamptz DEFAULT now())",
        "INSERT INTO inc SELECT g FROM generate_series(1, 10) g");
    var run = database.run("inc").withKey("id").withCursor("at", Duration.ofMinutes(1));
    var since = ReadRequest.since(java.time.Instant.now().minusSeconds(600).toString());
    var dead = PostgresDatabase.read(run, since).plan();
    var continued = PostgresDatabase.read(run, since.continuing(dead)).plan();
    assertThat(continued.bound()).isEqualTo(dead.bound());
    assertThat(continued.chunks()).isEqualTo(dead.chunks());
    var full = PostgresDatabase.read(database.run("big"), ReadRequest.full()).plan();
    var again =
        PostgresDatabase.read(database.run("big"), ReadRequest.full().continuing(full)).plan();
    assertThat(ids(again.chunks())).doesNotContainAnyElementsOf(ids(full.chunks()));
  }

  private static List<String> ids(Collection<Chunk> chunks) {
    return chunks.stream().map(Chunk::id).toList();
  }

  @Test
  void anEmptyTableIsAnEmptyFile() throws SQLException, InterruptedException {
    database.execute("CREATE TABLE empty (id int PRIMARY KEY)");
    var read = PostgresDatabase.read(database.run("empty"), ReadRequest.full());
    assertThat(read.sink().receipts()).hasSize(1);
    assertThat(read.sink().rows()).isZero();
  }

  /** Writes on to another output, a little at a time. */
  private static class Slow implements ChunkSink.Output {

    private final ChunkSink.Output next;

    Slow(ChunkSink.Output next) {
      this.next = next;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      next.write(bytes, offset, length);
    }

    @Override
    public void commit(dev.naru.worker.source.ChunkReceipt receipt) throws IOException {
      next.commit(receipt);
    }

    @Override
    public void close() throws IOException {
      next.close();
    }
  }
}
