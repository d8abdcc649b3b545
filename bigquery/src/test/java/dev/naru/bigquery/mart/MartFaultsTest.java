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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
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
      var built = mart.build(run(key), table, QUERY, CANDIDATE, MUCH);
      if (!(table.materialization() instanceof Materialization.View)) {
        var checks = List.<Check>of(new Check.NotNull("id", List.of("id")));
        var checked = mart.check(run(key), table, CANDIDATE, checks, MartFixture.upTo(MUCH));
        assertThat(checked.results()).containsExactly(new Check.Result.Passed("id"));
      }
      mart.publish(run(key), table, CANDIDATE, QUERY, WINDOW, built.seen());
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

  /** 403: asking again would not help, whichever call it is. */
  @ParameterizedTest
  @MethodSource("tables")
  void whereThereIsNoRightTheRunEndsAtOnce(MartTable table) {
    unchecked(fake, table);
    var calls = fake.journal();
    for (var i = 0; i < calls.size(); i++) {
      if (calls.get(i).method().equals("GET") && calls.get(i).path().contains("/queries/")) {
        // only a hint that the job has ended, which the job itself tells
        continue;
      }
      try (var other = prepared()) {
        other.fail(_ -> true, i, Fault.DENIED);
        assertThatThrownBy(() -> unchecked(other, table))
            .as("call %d, %s", i, calls.get(i))
            .isInstanceOfSatisfying(
                ActionNeededFailure.class,
                e -> assertThat(e.reason()).isEqualTo(WarehouseReason.WAREHOUSE_ACCESS_DENIED))
            .hasMessageContaining("bigquery.tables.getData");
        assertThat(other.journal()).hasSize(i + 1);
      }
    }
  }

  /** Without checks: one that cannot be made is no failure of the run, but of itself. */
  private static void unchecked(FakeBigQuery fake, MartTable table) {
    try (var session = FakeWarehouse.openMart(fake)) {
      var mart = MartWarehouse.on(session);
      var built = mart.build(run("k"), table, QUERY, CANDIDATE, MUCH);
      mart.publish(run("k"), table, CANDIDATE, QUERY, WINDOW, built.seen());
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

  /** A query costs at least 10 MiB and a second of the run's time. */
  @Test
  void aRunAsksTheLedgerOnceHoweverManyTablesItPublishes() {
    try (var session = FakeWarehouse.openMart(fake)) {
      var mart = MartWarehouse.on(session);
      for (var name : List.of("one", "two", "three")) {
        var table =
            table(
                new TableId("naru-local", "soda", name),
                new Materialization.Full(Optional.empty()));
        var candidate = new TableId("naru-local", "ops", "mart_" + name);
        var built = mart.build(run("k"), table, QUERY, candidate, MUCH);
        mart.publish(run("k"), table, candidate, QUERY, WINDOW, built.seen());
      }
    }
    assertThat(fake.rows("naru-local.ops.marts_soda").orElseThrow()).hasSize(3);
    assertThat(fake.journal())
        .filteredOn(call -> call.method().equals("POST") && call.path().endsWith("/queries"))
        .hasSize(1);
  }

  /** Whoever repeats it finds the job by the ledger's row, also when its candidate is gone. */
  @ParameterizedTest
  @MethodSource("tables")
  void whatAPublishWasBilledForIsToldByWhoeverRepeatsIt(MartTable table) {
    try (var session = FakeWarehouse.openMart(fake)) {
      var mart = MartWarehouse.on(session);
      var built = mart.build(run("k"), table, QUERY, CANDIDATE, MUCH);
      var once = mart.publish(run("k"), table, CANDIDATE, QUERY, WINDOW, built.seen(), 77);
      mart.discard(CANDIDATE);
      assertThat(once.bytesBilled()).isPositive();
      try (var other = FakeWarehouse.openMart(fake)) {
        assertThat(
                MartWarehouse.on(other)
                    .publish(run("k"), table, CANDIDATE, QUERY, WINDOW, built.seen(), 77))
            .isEqualTo(once);
      }
    }
    assertThat(fake.rows("naru-local.ops.marts_soda").orElseThrow())
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row).containsEntry("bytes_billed", 77L);
              assertThat(fake.jobs()).contains(row.get("publish_job") + "_a0");
            });
  }

  /** Made by a version that did not write down what rows had cost. */
  @Test
  void aLedgerOfAnOlderVersionGetsTheColumnsThatItLacks() {
    var table = table(TARGET, new Materialization.Full(Optional.empty()));
    work(fake, table, "k1");
    var ledger = "naru-local.ops.marts_soda";
    fake.removeColumns(ledger, Set.of("bytes_billed", "publish_job"));
    assertThat(fake.table(ledger)).doesNotContain("bytes_billed");
    for (var key : List.of("k1", "k2")) {
      work(fake, table, key);
    }
    assertThat(fake.rows(ledger).orElseThrow())
        .extracting(row -> row.get("run_key") + " " + row.get("bytes_billed"))
        .containsExactly("k1 null", "k2 0");
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
    var lost = new ArrayList<String>();
    var run = run("k", cancelled::get, (of, job, bytes) -> lost.add("%s %d".formatted(job, bytes)));
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

      assertThat(lost).containsExactly(fake.jobs().getFirst() + " 10485760");

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
    var run = run("k", cancelled::get, (_, _, _) -> {});
    try (var session = FakeWarehouse.openMart(fake)) {
      var mart = MartWarehouse.on(session);
      var built = mart.build(run, table, QUERY, CANDIDATE, MUCH);
      cancelled.set(true);

      mart.publish(run, table, CANDIDATE, QUERY, WINDOW, built.seen());

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

  /** A table before a swap and after it. */
  record Move(String name, MartTable from, MartTable to) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Move> moves() {
    var policies =
        List.of(new MartTable.RowPolicy("one", List.of("group:g@example.com"), "id = 1"));
    var columns =
        List.of(
            new MartTable.ColumnSpec(
                "id", Optional.of("the car"), Optional.of("projects/p/policyTags/1")));
    var plain =
        governed(table(TARGET, new Materialization.Full(Optional.empty())), columns, policies);
    var byDay = governed(table(TARGET, new Materialization.Full(BY_DAY)), columns, policies);
    var windows =
        governed(
            table(TARGET, new Materialization.Partitions(BY_DAY.orElseThrow())), columns, policies);
    var view = table(TARGET, new Materialization.View());
    return Stream.of(
        new Move("partitioned", plain, byDay),
        new Move("with its history", plain, windows),
        new Move("table to view", plain, view),
        new Move("view to table", view, byDay));
  }

  private static FakeBigQuery moved(Move move) {
    var fake = prepared();
    work(fake, move.from(), "k1");
    fake.grant(TARGET.toString(), "user:reader@example.com");
    fake.clearJournal();
    return fake;
  }

  /** Rows and governance of what stands under the target's name, and what stands beside it. */
  private static Map<String, Object> state(FakeBigQuery fake) {
    return Map.of(
        "target",
        fake.table(TARGET.toString()).replaceAll("\"(creation|expiration)Time\":\"\\d+\"", ""),
        "policies",
        fake.policies(TARGET.toString()),
        "rows",
        fake.rows(TARGET.toString()).orElseThrow().stream().map(Object::toString).sorted().toList(),
        "tables",
        fake.tables(),
        "ledger",
        fake.rows("naru-local.ops.marts_soda").orElse(List.of()).size());
  }

  /**
   * Whatever happens, whoever goes on ends with the same; and at every moment of it there is a
   * table under the target's name, with all of its governance and all rows of before or after.
   */
  @ParameterizedTest
  @MethodSource("moves")
  void aSwapMayStopBeforeAndAfterEveryCall(Move move) {
    var to = MartFixture.breaking(move.to());
    Map<String, Object> before;
    Map<String, Object> expected;
    int calls;
    try (var whole = moved(move)) {
      before = state(whole);
      work(whole, to, "k2");
      expected = state(whole);
      calls = whole.journal().size();
    }
    assertThat(calls).isGreaterThan(8);
    for (var i = 0; i < calls; i++) {
      for (var fault : List.of(Fault.DEATH_BEFORE, Fault.DEATH_AFTER, Fault.AFTER)) {
        try (var other = moved(move)) {
          other.fail(_ -> true, i, fault);
          if (fault == Fault.DEATH_BEFORE || fault == Fault.DEATH_AFTER) {
            assertThatThrownBy(() -> work(other, to, "k2")).isInstanceOf(ClientDied.class);
            assertWhole(state(other), before, expected);
            other.revive();
          }
          work(other, to, "k2");
          assertThat(state(other)).as("%s at call %d", fault, i).isEqualTo(expected);
        }
      }
    }
  }

  private static void assertWhole(
      Map<String, Object> now, Map<String, Object> before, Map<String, Object> after) {
    for (var what : List.of("policies", "rows")) {
      assertThat(now.get(what)).as(what).isIn(before.get(what), after.get(what));
    }
  }

  /** BigQuery itself may stop a script between two of its statements. */
  @ParameterizedTest
  @MethodSource("moves")
  void aSwapThatBigQueryStoppedBetweenItsStatementsIsFinished(Move move) {
    var to = MartFixture.breaking(move.to());
    try (var whole = moved(move);
        var other = moved(move)) {
      work(whole, to, "k2");
      other.stopScriptAfter(sql -> sql.startsWith("ALTER TABLE") || sql.startsWith("DROP VIEW"));
      try {
        work(other, to, "k2");
      } catch (RetryableFailure e) {
        // as the run does
        work(other, to, "k2");
      }
      assertThat(state(other)).isEqualTo(state(whole));
    }
  }

  @Test
  void rowPoliciesOfOthersAreNotLostInASwap() {
    work(fake, table(TARGET, new Materialization.Full(Optional.empty())), "k1");
    fake.addPolicy(TARGET.toString(), "theirs");
    var before = state(fake);

    assertThatThrownBy(
            () ->
                work(
                    fake,
                    MartFixture.breaking(table(TARGET, new Materialization.Full(BY_DAY))),
                    "k2"))
        .isInstanceOfSatisfying(
            ActionNeededFailure.class,
            e -> assertThat(e.reason()).isEqualTo(WarehouseReason.BREAKING_CHANGE))
        .hasMessageContaining("would be lost: theirs");
    assertThat(state(fake).get("target")).isEqualTo(before.get("target"));
    assertThat(fake.policies(TARGET.toString())).contains("theirs");
  }

  /** What somebody else may do to a target between the build of its rows and their publish. */
  static Stream<Consumer<FakeBigQuery>> changes() {
    return Stream.of(
        fake -> fake.dropTable(TARGET.toString()),
        fake -> fake.createForeignTable(TARGET.toString()),
        fake -> fake.addColumn(TARGET.toString(), "memo"));
  }

  @ParameterizedTest
  @MethodSource("changes")
  void aTargetThatSomebodyChangedMeanwhileIsNotTouched(Consumer<FakeBigQuery> change) {
    for (var table : tables().filter(it -> !isView(it)).toList()) {
      try (var fake = prepared();
          var session = FakeWarehouse.openMart(fake)) {
        work(fake, table, "k1");
        var mart = MartWarehouse.on(session);
        var built = mart.build(run("k2"), table, QUERY, CANDIDATE, MUCH);
        change.accept(fake);
        var tables = fake.tables();
        assertThatThrownBy(
                () -> mart.publish(run("k2"), table, CANDIDATE, QUERY, WINDOW, built.seen()))
            .isInstanceOfSatisfying(
                ActionNeededFailure.class,
                e -> assertThat(e.reason()).isEqualTo(WarehouseReason.TARGET_CHANGED))
            .hasMessageContaining("request a new run");
        assertThat(fake.tables()).isEqualTo(tables);
      }
    }
  }

  private static boolean isView(MartTable table) {
    return table.materialization() instanceof Materialization.View;
  }

  @Test
  void aTableThatSomebodyPutInAViewsPlaceIsNotReplaced() {
    var view = tables().filter(MartFaultsTest::isView).findFirst().orElseThrow();
    try (var session = FakeWarehouse.openMart(fake)) {
      work(fake, view, "k1");
      var mart = MartWarehouse.on(session);
      var built = mart.build(run("k2"), view, QUERY, CANDIDATE, MUCH);
      fake.createForeignTable(TARGET.toString());
      assertThatThrownBy(
              () -> mart.publish(run("k2"), view, CANDIDATE, QUERY, WINDOW, built.seen()))
          .hasMessageContaining("another table stands in its place");
    }
  }

  /** The ledger tells of views too, once per run, also when the text stays. */
  @Test
  void aViewIsRecordedByEveryRunAndMadeOnce() {
    var view = tables().filter(MartFaultsTest::isView).findFirst().orElseThrow();
    work(fake, view, "k1");
    var made = fake.table(TARGET.toString());
    work(fake, view, "k2");
    work(fake, view, "k2");
    assertThat(fake.rows("naru-local.ops.marts_soda").orElseThrow())
        .extracting(row -> row.get("run_key"))
        .containsExactly("k1", "k2");
    assertThat(fake.table(TARGET.toString())).isEqualTo(made);
  }

  @Test
  void aTargetThatAppearedMeanwhileIsNotTakenOver() {
    var table = MartFixture.of(tables().findFirst().orElseThrow(), MartFixture.OWNER, true);
    try (var session = FakeWarehouse.openMart(fake)) {
      var mart = MartWarehouse.on(session);
      var built = mart.build(run("k"), table, QUERY, CANDIDATE, MUCH);
      fake.createForeignTable(TARGET.toString());
      assertThatThrownBy(
              () -> mart.publish(run("k"), table, CANDIDATE, QUERY, WINDOW, built.seen()))
          .hasMessageContaining("it did not exist then")
          .hasMessageContaining("was not made by Naru");
    }
  }

  @Test
  void aRunDoesNotPublishWhenAnotherHasPublishedSinceItBuilt() {
    var table = table(TARGET, new Materialization.Merge(List.of("id"), Optional.empty()));
    work(fake, table, "k1");
    try (var session = FakeWarehouse.openMart(fake)) {
      var mart = MartWarehouse.on(session);
      var old = new TableId("naru-local", "ops", "mart_daily_old");
      var built = mart.build(run("k2"), table, QUERY, old, MUCH);
      fake.replaceRows(SRC, List.of(row(7, "new")));
      work(fake, table, "k3");
      var rows = fake.rows(TARGET.toString());

      assertThatThrownBy(() -> mart.publish(run("k2"), table, old, QUERY, WINDOW, built.seen()))
          .isInstanceOfSatisfying(
              ActionNeededFailure.class,
              e -> assertThat(e.reason()).isEqualTo(WarehouseReason.SUPERSEDED));
      assertThat(fake.rows(TARGET.toString())).isEqualTo(rows);
    }
  }

  /** As the intervals of a Backfill, which are built at once and published one after the other. */
  @Test
  void anotherWindowOfTheSameTableSupersedesNothing() {
    var table = table(TARGET, new Materialization.Partitions(BY_DAY.orElseThrow()));
    work(fake, table, "k1");
    try (var session = FakeWarehouse.openMart(fake)) {
      var mart = MartWarehouse.on(session);
      var old = new TableId("naru-local", "ops", "mart_daily_old");
      fake.replaceRows(SRC, List.of());
      var built = mart.build(run("k2"), table, QUERY, old, MUCH);
      fake.replaceRows(SRC, List.of(row(7, "new")));
      work(fake, table, "k3");

      mart.publish(run("k2"), table, old, QUERY, days("2026-02-01", "2026-03-01"), built.seen());
      assertThatThrownBy(
              () ->
                  mart.publish(
                      run("k4"), table, old, QUERY, days("2026-01-31", "2026-02-02"), built.seen()))
          .isInstanceOfSatisfying(
              ActionNeededFailure.class,
              e -> assertThat(e.reason()).isEqualTo(WarehouseReason.SUPERSEDED));
    }
  }

  @Test
  void aCandidateThatIsGoneIsNamed() {
    var table = table(TARGET, new Materialization.Full(BY_DAY));
    try (var session = FakeWarehouse.openMart(fake)) {
      assertThatThrownBy(
              () ->
                  MartWarehouse.on(session)
                      .publish(run("k"), table, CANDIDATE, QUERY, WINDOW, MartFixture.UNSEEN))
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
