package dev.naru.worker.source.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.worker.server.TestRun;
import dev.naru.worker.server.TestServer;
import dev.naru.worker.source.ReadRequest;
import dev.naru.worker.source.SourceReason;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A change that commits late, below a cursor that was already read past, is still read. */
class PostgresBoundIT {

  private static final Duration LOOKBACK = Duration.ofMinutes(1);

  private static PostgresDatabase database;

  @BeforeAll
  static void start() {
    database = PostgresDatabase.create(TestServer.postgresql(), "bounds");
  }

  @BeforeEach
  void table() {
    database.execute(
        "DROP TABLE IF EXISTS t",
        "CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, updated_at timestamptz DEFAULT now())",
        "CREATE INDEX ON t (updated_at)",
        "INSERT INTO t (updated_at) VALUES (now() - interval '1 hour'), (NULL)",
        "GRANT pg_read_all_stats TO naru_reader");
  }

  private static TestRun run() {
    return database.run("t").withKey("id").withCursor("updated_at", Duration.ZERO);
  }

  private static Connection transaction(String sql) throws SQLException {
    var connection = database.connect();
    connection.setAutoCommit(false);
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
    return connection;
  }

  /**
   * What the next runs read, each from the bound of the one before, until a row is among it: a
   * bound stays a second below the clock.
   */
  private static Set<Object> idsOfFollowingRuns(TestRun run, String bound, long wanted)
      throws InterruptedException {
    var ids = new HashSet<Object>();
    var from = bound;
    var end = Instant.now().plusSeconds(10);
    while (!ids.contains(wanted) && Instant.now().isBefore(end)) {
      var next = PostgresDatabase.read(run, ReadRequest.since(from));
      ids.addAll(next.ids());
      from = next.plan().bound().orElseThrow();
    }
    return ids;
  }

  /** A transaction that is already older than the margin of a bound. */
  private static Connection slowTransaction(String sql) throws SQLException {
    var connection = transaction(sql);
    try (var statement = connection.createStatement()) {
      statement.execute("SELECT pg_sleep(3)");
    }
    return connection;
  }

  @Test
  void aTransactionThatCommitsAfterTheReadIsReadByTheNextRun() throws Exception {
    try (var late = slowTransaction("INSERT INTO t DEFAULT VALUES")) {
      database.execute("INSERT INTO t DEFAULT VALUES");
      var first = PostgresDatabase.read(run(), ReadRequest.full());
      assertThat(first.ids()).containsExactly(1L, 2L, 4L);
      late.commit();

      assertThat(idsOfFollowingRuns(run(), first.plan().bound().orElseThrow(), 3L)).contains(3L);
    }
  }

  @Test
  void aSessionThatOnlyReadSoFarMayStillWriteWithItsOldNow() throws Exception {
    try (var idle = slowTransaction("SELECT now()")) {
      var first = PostgresDatabase.read(run(), ReadRequest.full());
      try (var statement = idle.createStatement()) {
        statement.execute("INSERT INTO t DEFAULT VALUES");
      }
      idle.commit();

      assertThat(idsOfFollowingRuns(run(), first.plan().bound().orElseThrow(), 3L)).contains(3L);
    }
  }

  @Test
  void aPreparedTransactionHoldsThePreviousBound() throws Exception {
    var before = Instant.now().minusSeconds(30).toString();
    try (var prepared = transaction("INSERT INTO t DEFAULT VALUES");
        var statement = prepared.createStatement()) {
      statement.execute("PREPARE TRANSACTION 'held'");
      try {
        var held = PostgresDatabase.read(run(), ReadRequest.since(before));
        assertThat(held.plan().bound()).contains(before);
        assertThat(held.plan().warnings()).anyMatch(w -> w.contains("ROLLBACK PREPARED 'held'"));
        var fresh = PostgresDatabase.read(run(), ReadRequest.full());
        assertThat(Instant.parse(fresh.plan().bound().orElseThrow()))
            .isBefore(Instant.now().minus(Duration.ofHours(23)));
      } finally {
        database.execute("COMMIT PREPARED 'held'");
      }
    }
    var after = PostgresDatabase.read(run(), ReadRequest.since(before));
    assertThat(after.ids()).doesNotContain(1L);
    assertThat(Instant.parse(after.plan().bound().orElseThrow())).isAfter(Instant.parse(before));
  }

  @Test
  void withoutTheRightToSeeOthersTheBoundIsUnverifiedAndTheGrantNamed() throws Exception {
    database.execute("REVOKE pg_read_all_stats FROM naru_reader");
    try (var late = slowTransaction("INSERT INTO t DEFAULT VALUES")) {
      var run = database.run("t").withKey("id").withCursor("updated_at", LOOKBACK);
      var first = PostgresDatabase.read(run, ReadRequest.full());
      assertThat(first.plan().warnings())
          .anyMatch(
              w ->
                  w.contains("BoundUnverified")
                      && w.contains("GRANT pg_read_all_stats TO \"naru_reader\";"));
      late.commit();

      assertThat(idsOfFollowingRuns(run, first.plan().bound().orElseThrow(), 3L)).contains(3L);
    }
  }

  @Test
  void narusOwnSessionsDoNotHoldTheBound() throws Exception {
    try (var reading = PostgresDatabase.source(run())) {
      reading.inspect();
      reading.plan(ReadRequest.full());
      var snapshotTaken = Instant.now();
      org.awaitility.Awaitility.await()
          .until(() -> Instant.now().isAfter(snapshotTaken.plusSeconds(2)));

      var other = PostgresDatabase.read(run(), ReadRequest.full());

      assertThat(Instant.parse(other.plan().bound().orElseThrow())).isAfter(snapshotTaken);
    }
  }

  @Test
  void anIncrementalRunReadsOnlyTheRange() throws Exception {
    var read =
        PostgresDatabase.read(
            run(), ReadRequest.since(Instant.now().minusSeconds(7200).toString()));
    assertThat(read.ids()).containsExactly(1L);
    assertThat(read.count()).isEqualTo(1);
    assertThat(read.plan().warnings())
        .anyMatch(w -> w.startsWith("1 row(s)") && w.contains("updated_at"));
    var nothing =
        PostgresDatabase.read(run(), ReadRequest.since(Instant.now().minusSeconds(60).toString()));
    assertThat(nothing.ids()).isEmpty();
  }

  @Test
  void nullCursorsAreCountedInAFullRead() throws Exception {
    var read = PostgresDatabase.read(run(), ReadRequest.full());
    assertThat(read.sink().receipts().stream().mapToLong(r -> r.nullCursors()).sum()).isEqualTo(1);
  }

  @Test
  void aSequenceCursorWaitsForThoseWhoAreWriting() throws Exception {
    var run = database.run("t").withKey("id").withCursor("id", Duration.ZERO);
    var late = transaction("INSERT INTO t DEFAULT VALUES");
    database.execute("INSERT INTO t DEFAULT VALUES");
    var committer =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    org.awaitility.Awaitility.await().until(() -> waitingForWriters());
                    late.commit();
                    late.close();
                  } catch (SQLException e) {
                    throw new IllegalStateException(e);
                  }
                });

    var first = PostgresDatabase.read(run, ReadRequest.full());
    committer.join();

    assertThat(first.ids()).containsExactly(1L, 2L, 3L, 4L);
    assertThat(first.plan().bound()).contains("5");
    database.execute("INSERT INTO t DEFAULT VALUES");
    assertThat(PostgresDatabase.read(run, ReadRequest.since("5")).ids()).containsExactly(5L);
  }

  private static boolean waitingForWriters() {
    try (var connection = database.connect();
        var statement = connection.createStatement();
        var result =
            statement.executeQuery(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'naru/%' AND query LIKE '%pg_locks%'")) {
      return result.next() && result.getInt(1) > 0;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void dateAndZonelessCursorsReadWhatAnyZoneMayHaveWritten() throws Exception {
    database.execute(
        "DROP TABLE IF EXISTS z",
        "CREATE TABLE z (id int PRIMARY KEY, d date, ts timestamp)",
        "INSERT INTO z SELECT g, current_date - g, localtimestamp - g * interval '6 hours' FROM generate_series(0, 9) g");
    var since = ReadRequest.since(Instant.now().minusSeconds(60).toString());
    var byTime =
        PostgresDatabase.read(
            database.run("z").withKey("id").withCursor("ts", Duration.ZERO), since);
    assertThat(byTime.ids()).contains(0L, 1L).doesNotContain(3L, 9L);
    var byDay =
        PostgresDatabase.read(
            database.run("z").withKey("id").withCursor("d", Duration.ZERO), since);
    assertThat(byDay.ids()).contains(0L).doesNotContain(3L, 9L);
  }

  @Test
  void aLargeTableWithoutAnIndexOnTheCursorIsRefusedWithTheStatement() {
    database.execute(
        "DROP TABLE IF EXISTS big",
        "CREATE TABLE big (id int PRIMARY KEY, \"Changed\" timestamptz)",
        "UPDATE pg_class SET reltuples = 5000000 WHERE relname = 'big'");
    var run = database.run("big").withKey("id").withCursor("Changed", Duration.ZERO);
    assertThatThrownBy(() -> PostgresDatabase.read(run, ReadRequest.full()))
        .isInstanceOfSatisfying(
            ActionNeededFailure.class,
            e -> assertThat(e.reason()).isEqualTo(SourceReason.CURSOR_NOT_INDEXED))
        .hasMessageContaining("CREATE INDEX CONCURRENTLY ON \"public\".\"big\" (\"Changed\");");
  }
}
