package dev.naru.bigquery.mart;

import static dev.naru.bigquery.mart.MartFixture.days;
import static dev.naru.bigquery.mart.MartFixture.governed;
import static dev.naru.bigquery.mart.MartFixture.run;
import static dev.naru.bigquery.mart.MartFixture.sql;
import static dev.naru.bigquery.mart.MartFixture.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.bigquery.FakeWarehouse;
import dev.naru.bigquery.FakeWarehouse.ClientDied;
import dev.naru.bigquery.RetryableFailure;
import dev.naru.bigquery.TableId;
import dev.naru.bigquery.WarehouseReason;
import dev.naru.bigquery.fake.Call;
import dev.naru.bigquery.fake.FakeBigQuery;
import dev.naru.bigquery.fake.Fault;
import dev.naru.runfile.RunFile.Granularity;
import dev.naru.runfile.RunFile.Partitioning;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bad days of a mart's run: whatever happens, what is written is the same, and written once. */
class MartFaultsTest {

  private static final String SRC = "naru-local.soda.src";
  private static final TableId TARGET = new TableId("naru-local", "soda", "daily");
  private static final TableId CANDIDATE = new TableId("naru-local", "ops", "mart_daily_1");
  private static final Window WINDOW = days("2026-01-01", "2026-02-01");
  private static final Statement QUERY = sql("SELECT * FROM `naru-local`.`soda`.`src`");
  private static final long MUCH = 1L << 30;
  private static final Optional<Partitioning> BY_DAY =
      Optional.of(new Partitioning("updated_at", Granularity.DAY, Optional.empty()));

  private FakeBigQuery fake;

  @BeforeEach
  void start() {
    fake = prepared();
  }

  @AfterEach
  void stop() {
    fake.close();
  }

  private static FakeBigQuery prepared() {
    var fake = FakeBigQuery.start(FakeWarehouse.LATENESS);
    fake.createForeignTable(SRC);
    fake.createForeignTable("naru-local.ops.other");
    fake.replaceRows(SRC, List.of(row(1, "a"), row(2, "b"), row(2, "c")));
    return fake;
  }

  private static Map<String, Object> row(long id, String name) {
    var row = new HashMap<String, Object>();
    row.put("id", id);
    row.put("name", name);
    row.put("updated_at", Instant.parse("2026-01-05T10:00:00Z"));
    return row;
  }

  static Stream<MartTable> tables() {
    var policies =
        List.of(new MartTable.RowPolicy("one", List.of("group:g@example.com"), "id = 1"));
    return Stream.of(
        table(TARGET, new Materialization.Full(BY_DAY)),
        governed(
            table(TARGET, new Materialization.Partitions(BY_DAY.orElseThrow())),
            List.of(new MartTable.ColumnSpec("id", Optional.of("the car"), Optional.empty())),
            policies),
        table(TARGET, new Materialization.Merge(List.of("id"), Optional.empty())),
        table(TARGET, new Materialization.View()));
  }

  /** Builds, checks and publishes, as a run does. */
  private static void work(FakeBigQuery fake, MartTable table, String key) {
    try (var session = FakeWarehouse.openMart(fake)) {
      var mart = MartWarehouse.on(session);
      mart.build(run(key), table, QUERY, CANDIDATE, MUCH);
      if (!(table.materialization() instanceof Materialization.View)) {
        var checks = List.<Check>of(new Check.NotNull("id", List.of("id")));
        var checked = mart.check(run(key), table, CANDIDATE, checks, MUCH);
        assertThat(checked.results()).containsExactly(new Check.Result.Passed("id"));
      }
      mart.publish(run(key), table, CANDIDATE, QUERY, WINDOW);
    }
  }

  /** What is left of a run; the same whatever happened on the way. */
  private record Outcome(Set<String> jobs, Set<String> rows, int ledgerRows, String description) {

    static Outcome of(FakeBigQuery fake) {
      var ledger = fake.rows("naru-local.ops.marts_soda").orElse(List.of());
      var rows = new TreeSet<String>();
      fake.rows(TARGET.toString()).orElseThrow().forEach(row -> rows.add(row.toString()));
      var resource = fake.table(TARGET.toString()).replaceAll("\"creationTime\":\"\\d+\"", "");
      return new Outcome(new TreeSet<>(fake.jobs()), rows, ledger.size(), resource);
    }
  }

  @ParameterizedTest
  @MethodSource("tables")
  void theProcessMayDieBeforeAndAfterEveryCall(MartTable table) {
    work(fake, table, "k");
    var expected = Outcome.of(fake);
    var calls = fake.journal().size();
    assertThat(calls).isGreaterThan(8);

    for (var i = 0; i < calls; i++) {
      for (var fault : List.of(Fault.DEATH_BEFORE, Fault.DEATH_AFTER)) {
        try (var other = prepared()) {
          other.fail(_ -> true, i, fault);
          assertThatThrownBy(() -> work(other, table, "k")).isInstanceOf(ClientDied.class);
          other.revive();

          work(other, table, "k");

          assertThat(Outcome.of(other)).as("%s at call %d", fault, i).isEqualTo(expected);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("tables")
  void everyCallMayBeRefusedLostOrDeliveredTwice(MartTable table) {
    work(fake, table, "k");
    var expected = Outcome.of(fake);
    var calls = fake.journal().size();

    for (var i = 0; i < calls; i++) {
      for (var fault : List.of(Fault.BEFORE, Fault.THROTTLED, Fault.AFTER, Fault.TWICE)) {
        try (var other = prepared()) {
          other.fail(_ -> true, i, fault);

          work(other, table, "k");

          assertThat(Outcome.of(other)).as("%s at call %d", fault, i).isEqualTo(expected);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"BEFORE", "AFTER", "LATE", "TWICE", "THROTTLED"})
  void everyJobMayBeInsertedBadly(Fault fault) {
    var table = table(TARGET, new Materialization.Full(BY_DAY));
    work(fake, table, "k");
    var expected = Outcome.of(fake);
    for (var i = 0; i < 3; i++) {
      try (var other = prepared()) {
        other.fail(MartFaultsTest::isJob, i, fault);

        work(other, table, "k");
        other.awaitQuiet();

        assertThat(Outcome.of(other)).as("%s of job %d", fault, i).isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"backendError", "jobInternalError", "rateLimitExceeded", "jobRateLimitExceeded"})
  void aJobThatFailsByNoFaultOfItsOwnIsFollowedByTheNextAttempt(String reason) {
    var table = table(TARGET, new Materialization.Full(BY_DAY));
    work(fake, table, "k");
    var once = new TreeSet<>(fake.jobs());
    try (var other = prepared()) {
      other.failJob(sql -> sql.startsWith("CREATE OR REPLACE TABLE"), reason, "Try again");
      other.failJob(sql -> sql.startsWith("BEGIN TRANSACTION"), reason, "Try again");

      work(other, table, "k");

      var again = new TreeSet<>(once);
      once.stream()
          .filter(id -> other.jobs().contains(id.replace("_a0", "_a1")))
          .forEach(id -> again.add(id.replace("_a0", "_a1")));
      assertThat(again).hasSize(5);
      assertThat(other.jobs()).containsExactlyInAnyOrderElementsOf(again);
      assertThat(other.rows(TARGET.toString()).orElseThrow()).hasSize(3);
    }
  }

  @Test
  void aRepeatedRunWritesNothing() {
    var table = table(TARGET, new Materialization.Full(BY_DAY));
    work(fake, table, "k");
    fake.clearJournal();

    work(fake, table, "k");

    assertThat(fake.journal().stream().filter(Call::mutates).filter(call -> !isDryRun(call)))
        .isEmpty();
  }

  @Test
  void aTargetAtRestIsLookedAtAndNotWritten() {
    var table = tables().skip(1).findFirst().orElseThrow();
    work(fake, table, "k");
    fake.clearJournal();
    try (var session = FakeWarehouse.openMart(fake)) {
      assertThat(MartWarehouse.on(session).realise(table)).isEmpty();
    }

    assertThat(fake.journal()).noneMatch(Call::mutates).hasSize(3);
  }

  @Test
  void aCancelledRunCancelsItsJobAndWaitsForItsEnd() {
    var table = table(TARGET, new Materialization.Full(BY_DAY));
    var cancelled = new AtomicBoolean();
    var plain = run("k");
    var run =
        new MartRun(
            "k", plain.id(), plain.owner(), plain.started(), plain.keepUntil(), cancelled::get);
    fake.holdJob(
        sql -> {
          cancelled.set(true);
          return true;
        });
    try (var session = FakeWarehouse.openMart(fake)) {
      var mart = MartWarehouse.on(session);
      assertThatThrownBy(() -> mart.build(run, table, QUERY, CANDIDATE, MUCH))
          .isInstanceOf(RunCancelled.class);
      assertThat(fake.journal()).anyMatch(call -> call.path().endsWith("/cancel"));
      assertThat(fake.jobs()).hasSize(1);
      assertThat(fake.rows(CANDIDATE.toString())).isEmpty();

      // nothing more is begun for it
      assertThatThrownBy(() -> mart.build(run, table, QUERY, CANDIDATE, MUCH))
          .isInstanceOf(RunCancelled.class);
      assertThat(fake.jobs()).hasSize(1);
    }
  }

  @Test
  void aPublishIsNeverCancelled() {
    var table = table(TARGET, new Materialization.Full(BY_DAY));
    var cancelled = new AtomicBoolean();
    var plain = run("k");
    var run =
        new MartRun(
            "k", plain.id(), plain.owner(), plain.started(), plain.keepUntil(), cancelled::get);
    try (var session = FakeWarehouse.openMart(fake)) {
      var mart = MartWarehouse.on(session);
      mart.build(run, table, QUERY, CANDIDATE, MUCH);
      cancelled.set(true);

      mart.publish(run, table, CANDIDATE, QUERY, WINDOW);

      assertThat(fake.rows(TARGET.toString()).orElseThrow()).hasSize(3);
    }
  }

  @Test
  void aSwapThatStoppedHalfWayIsFinishedByTheSameRun() {
    work(fake, table(TARGET, new Materialization.Full(Optional.empty())), "k1");
    var moved = MartFixture.breaking(table(TARGET, new Materialization.Full(BY_DAY)));
    fake.failJob(sql -> sql.startsWith("ALTER TABLE"), "invalidQuery", "stopped half-way");
    fake.failJob(sql -> sql.startsWith("ALTER TABLE"), "invalidQuery", "stopped half-way");
    fake.failJob(sql -> sql.startsWith("ALTER TABLE"), "invalidQuery", "stopped half-way");
    assertThatThrownBy(() -> work(fake, moved, "k2")).isInstanceOf(ActionNeededFailure.class);
    // the first of the two statements had been run
    fake.dropTable(TARGET.toString());

    work(fake, moved, "k2");

    assertThat(fake.table(TARGET.toString())).contains("\"timePartitioning\"");
    assertThat(fake.rows(TARGET.toString()).orElseThrow()).hasSize(3);
    assertThat(fake.tables()).noneMatch(name -> name.contains("__naru_"));
  }

  @Test
  void theReplacedTableIsKeptForAWhileAndIsNobodys() {
    work(fake, table(TARGET, new Materialization.Full(Optional.empty())), "k1");

    work(fake, MartFixture.breaking(table(TARGET, new Materialization.Full(BY_DAY))), "k2");

    var old =
        fake.tables().stream().filter(name -> name.endsWith("_old")).findFirst().orElseThrow();
    assertThat(fake.table(old)).contains("\"naru_kind\":\"replaced\"", "expirationTime");
  }

  @Test
  void aCandidateThatIsGoneIsNamed() {
    var table = table(TARGET, new Materialization.Full(BY_DAY));
    try (var session = FakeWarehouse.openMart(fake)) {
      assertThatThrownBy(
              () -> MartWarehouse.on(session).publish(run("k"), table, CANDIDATE, QUERY, WINDOW))
          .isInstanceOfSatisfying(
              ActionNeededFailure.class,
              e -> assertThat(e.reason()).isEqualTo(WarehouseReason.TABLE_NOT_FOUND))
          .hasMessageContaining("request a new run");
    }
  }

  @Test
  void aCandidateThatGrewBetweenLookAndPublishIsNotPublished() {
    var table = table(TARGET, new Materialization.Full(BY_DAY));
    fake.beforeScript(() -> fake.replaceRows(CANDIDATE.toString(), List.of(row(1, "somebody's"))));

    assertThatThrownBy(() -> work(fake, table, "k"))
        .isInstanceOfSatisfying(
            ActionNeededFailure.class,
            e -> assertThat(e.reason()).isEqualTo(WarehouseReason.VERIFICATION_FAILED));
    assertThat(fake.rows(TARGET.toString()).orElseThrow()).isEmpty();
  }

  @Test
  void ofTwoProcessesOneRunPublishesOnce() {
    var table = table(TARGET, new Materialization.Merge(List.of("id"), Optional.empty()));
    fake.besideScript(() -> work(fake, table, "k"));

    work(fake, table, "k");

    assertThat(fake.rows("naru-local.ops.marts_soda").orElseThrow()).hasSize(1);
    assertThat(fake.rows(TARGET.toString()).orElseThrow()).hasSize(2);
  }

  @Test
  void anUnansweredEndpointIsTriedAgainLater() {
    fake.close();
    assertThatThrownBy(() -> work(fake, table(TARGET, new Materialization.View()), "k"))
        .isInstanceOfSatisfying(
            RetryableFailure.class,
            e -> assertThat(e.reason()).isEqualTo(WarehouseReason.WAREHOUSE_UNREACHABLE));
    fake = FakeBigQuery.start();
  }

  private static boolean isJob(Call call) {
    return call.method().equals("POST") && call.path().endsWith("/jobs") && !isDryRun(call);
  }

  private static boolean isDryRun(Call call) {
    return call.text().contains("\"dryRun\":true");
  }
}
