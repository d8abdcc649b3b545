package dev.naru.bigquery.mart;

import static dev.naru.bigquery.mart.MartFixture.BY_DAY;
import static dev.naru.bigquery.mart.MartFixture.OWNER;
import static dev.naru.bigquery.mart.MartFixture.breaking;
import static dev.naru.bigquery.mart.MartFixture.days;
import static dev.naru.bigquery.mart.MartFixture.filtered;
import static dev.naru.bigquery.mart.MartFixture.governed;
import static dev.naru.bigquery.mart.MartFixture.run;
import static dev.naru.bigquery.mart.MartFixture.sql;
import static dev.naru.bigquery.mart.MartFixture.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.api.services.bigquery.model.TableFieldSchema;
import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.bigquery.CallObserver;
import dev.naru.bigquery.JobStep;
import dev.naru.bigquery.LocalWarehouse;
import dev.naru.bigquery.Owner;
import dev.naru.bigquery.Patience;
import dev.naru.bigquery.TableId;
import dev.naru.bigquery.WarehouseReason;
import dev.naru.bigquery.WarehouseSession;
import dev.naru.runfile.RunFile.Granularity;
import dev.naru.runfile.RunFile.Partitioning;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every recipe on an engine that was not written by us. */
class MartWarehouseIT {

  private static final String PROJECT = "naru-local";
  private static final String DATASET = "soda_" + ProcessHandle.current().pid();
  private static final long MUCH = 1L << 40;
  private static final AtomicInteger NUMBERS = new AtomicInteger();
  private static final List<String> CALLS = new ArrayList<>();

  private static LocalWarehouse local;
  private static WarehouseSession session;
  private static MartWarehouse mart;

  @BeforeAll
  static void start() throws Exception {
    local = LocalWarehouse.start();
    CallObserver observer =
        (call, _) -> {
          synchronized (CALLS) {
            CALLS.add(call);
          }
        };
    session =
        WarehouseSession.open(
            local.warehouse(),
            Map.of(),
            Patience.until(Instant.now().plusSeconds(600)),
            observer,
            Owner.Kind.DATA_MART);
    mart = MartWarehouse.on(session);
    session.tables().ensureDataset("ops");
    mart.realise(dataset(DATASET));
    execute(
        "CREATE TABLE %s (id INT64, day DATE, ts TIMESTAMP, zone STRING, fee NUMERIC)"
            .formatted(id("src").sql()));
    execute(
        """
        INSERT INTO %s VALUES
          (1, DATE '2026-01-01', TIMESTAMP '2026-01-01 10:00:00Z', 'a', 10),
          (2, DATE '2026-01-02', TIMESTAMP '2026-01-02 10:00:00Z', 'b', 20),
          (3, DATE '2026-01-02', TIMESTAMP '2026-01-02 23:00:00Z', NULL, 30),
          (4, DATE '2026-01-03', TIMESTAMP '2026-01-03 10:00:00Z', 'a', 40)"""
            .formatted(id("src").sql()));
  }

  @AfterAll
  static void stop() throws Exception {
    mart.close();
    local.close();
  }

  @Test
  void aTableIsReplacedByEveryRunAndARunPublishesOnce() {
    var table = table(id("full"), new Materialization.Full(Optional.of(BY_DAY)));
    assertThat(publish("f1", table, "SELECT id, day FROM src").rows()).isEqualTo(4);
    assertThat(rows(table, "id")).containsExactly("1", "2", "3", "4");

    publish("f2", table, "SELECT id, day FROM src WHERE id > 2");
    assertThat(rows(table, "id")).containsExactly("3", "4");

    execute("DELETE FROM %s WHERE id = 3".formatted(table.id().sql()));
    var again =
        mart.publish(
            run("f2"),
            table,
            candidate("f2"),
            sql("SELECT 1"),
            days("2026-01-01", "2026-02-01"),
            MartFixture.UNSEEN);
    assertThat(again.rows()).isEqualTo(2);
    assertThat(rows(table, "id")).as("a repeat writes nothing").containsExactly("4");
    assertThat(ledger("f2")).containsExactly("2");
  }

  @Test
  void exactlyThePartitionsOfTheWindowAreReplaced() {
    var table = filtered(table(id("parts"), new Materialization.Partitions(BY_DAY)));
    publish("p1", table, "SELECT id, day, fee FROM src");

    publish(
        "p2",
        table,
        "SELECT id + 10 AS id, day, fee FROM src WHERE day = DATE '2026-01-02'",
        days("2026-01-02", "2026-01-03"));

    assertThat(rows(table, "id WHERE day IS NOT NULL")).containsExactly("1", "4", "12", "13");
    assertThat(resource(table)).contains("requirePartitionFilter=true", "\"DAY\"");
  }

  /** In Santiago, 6 September 2026 begins at 01:00. */
  @Test
  void aDayWithoutMidnightTakesNoOtherDayAlong() {
    var zone = ZoneId.of("America/Santiago");
    for (var type : List.of("DATE", "DATETIME", "TIMESTAMP")) {
      var value =
          type.equals("TIMESTAMP") ? "TIMESTAMP(d, 'America/Santiago')" : "CAST(d AS " + type + ")";
      var days =
          "SELECT %s AS day, '%%s' AS run FROM UNNEST(GENERATE_DATE_ARRAY(DATE '%%s', DATE '%%s')) AS d"
              .formatted(value);
      var table = table(id("gap_" + type), new Materialization.Partitions(BY_DAY));
      publish(
          "gap1" + type,
          table,
          days.formatted("old", "2026-09-04", "2026-09-08"),
          days(zone, "2026-09-04", "2026-09-09"));
      for (var day : List.of("2026-09-07", "2026-09-06", "2026-09-05")) {
        publish(
            "gap" + day.replace("-", "") + type,
            table,
            days.formatted("new", day, day),
            days(zone, day, LocalDate.parse(day).plusDays(1).toString()));
      }
      assertThat(
              rows(
                  table,
                  "CONCAT(CAST(DATE(day%s) AS STRING), run)"
                      .formatted(type.equals("TIMESTAMP") ? ", 'America/Santiago'" : "")))
          .as(type)
          .containsExactly(
              "2026-09-04old", "2026-09-05new", "2026-09-06new", "2026-09-07new", "2026-09-08old");
    }
  }

  @Test
  void freshnessIsMeantInTheZoneOfTheMart() {
    var table = table(id("freshly"), new Materialization.Full(Optional.empty()));
    build(
        "fr1",
        table,
        "SELECT DATE '2026-01-04' AS day, DATETIME '2026-01-04 00:00:00' AS civil, TIMESTAMP '2026-01-04 00:00:00Z' AS ts");
    for (var zone : List.of("America/Los_Angeles", "Asia/Seoul")) {
      var midnight = LocalDate.parse("2026-01-05").atStartOfDay(ZoneId.of(zone)).toInstant();
      for (var column : List.of("day", "civil")) {
        for (var hours : List.of(24, 23)) {
          var check =
              new Check.Freshness(
                  column + hours, column, Duration.ofHours(hours), midnight, ZoneId.of(zone));
          assertThat(
                  mart.check(
                          run("fr1"),
                          table,
                          candidate("fr1"),
                          List.of(check),
                          MartFixture.upTo(MUCH))
                      .results()
                      .getFirst())
              .as("%s %s %s", zone, column, hours)
              .isInstanceOf(hours == 24 ? Check.Result.Passed.class : Check.Result.Failed.class);
        }
      }
    }
  }

  @Test
  void rowsOutsideOfTheWindowAreCountedAndNothingIsWritten() {
    var table = table(id("outside"), new Materialization.Partitions(BY_DAY));

    assertThatThrownBy(
            () ->
                publish(
                    "o1",
                    table,
                    "SELECT id, day FROM src UNION ALL SELECT 9, NULL",
                    days("2026-01-02", "2026-01-03")))
        .isInstanceOfSatisfying(
            ActionNeededFailure.class,
            e -> assertThat(e.reason()).isEqualTo(WarehouseReason.ROWS_OUTSIDE_WINDOW))
        .hasMessageContaining("3 rows of the SQL's result")
        .hasMessageContaining("`day` >= DATE '2026-01-02' AND `day` < DATE '2026-01-03'");
    assertThat(rows(table, "id")).isEmpty();
  }

  @Test
  void rowsOfTheSameKeyAreReplacedAndOneOfEachIsKept() {
    var table =
        filtered(
            table(
                id("merge"),
                new Materialization.Merge(List.of("id", "zone"), Optional.of(BY_DAY))));
    publish("m1", table, "SELECT id, zone, day, fee FROM src");

    publish(
        "m2",
        table,
        "SELECT 3 AS id, CAST(NULL AS STRING) AS zone, DATE '2026-02-01' AS day, NUMERIC '31' AS fee UNION ALL SELECT 5, 'x', DATE '2026-02-01', 5 UNION ALL SELECT 5, 'x', DATE '2026-02-01', 5");

    assertThat(
            rows(
                table,
                "CONCAT(CAST(id AS STRING), ':', CAST(CAST(fee AS INT64) AS STRING)) WHERE day IS NOT NULL"))
        .containsExactly("5:5", "1:10", "2:20", "3:31", "4:40");
  }

  private static final String VERSIONS =
      """
      SELECT 1 AS id, 'old' AS zone, TIMESTAMP '2026-01-01 10:00:00Z' AS ts, DATE '2026-01-01' AS day
      UNION ALL SELECT 1, 'new', TIMESTAMP '2026-01-02 10:00:00Z', DATE '2026-01-01'
      UNION ALL SELECT 1, 'none', NULL, DATE '2026-01-01'
      UNION ALL SELECT 2, 'same', NULL, DATE '2026-01-02'
      UNION ALL SELECT 2, 'same', NULL, DATE '2026-01-02'""";

  @Test
  void ofSeveralRowsWithOneKeyTheNewestIsPublished() {
    var merge = new Materialization.Merge(List.of("id"), List.of("ts"), Optional.empty(), false);
    var table = table(id("newest"), merge);
    build("n1", table, VERSIONS);
    assertThat(newest("n1", table, merge)).isEqualTo("newest passed");
    publish("n2", table, VERSIONS);
    assertThat(rows(table, "zone")).containsExactly("new", "same");
  }

  @Test
  void rowsWithOneKeyThatDifferAreToldAndNotChosenFrom() {
    var none = new Materialization.Merge(List.of("id"), Optional.empty());
    var table = table(id("ambiguous"), none);
    build("a1", table, VERSIONS);
    assertThat(newest("a1", table, none))
        .startsWith("newest 1 values of (id) have several rows that differ")
        .contains("materialization.merge.orderBy");
    var byDay = new Materialization.Merge(List.of("id"), List.of("day"), Optional.empty(), false);
    assertThat(newest("a1", table(id("ambiguous"), byDay), byDay))
        .contains("are equally new by day");
  }

  private static String newest(String run, MartTable table, Materialization.Merge merge) {
    var check = new Check.OneNewest("newest", merge.key(), merge.orderBy());
    var result =
        mart.check(run(run), table, candidate(run), List.of(check), MartFixture.upTo(MUCH))
            .results()
            .getFirst();
    if (result instanceof Check.Result.Failed failed) {
      assertThat(session.query().rows("shown", failed.query())).hasSize(1);
    }
    return text(result);
  }

  @Test
  void aMergeOfFixedPartitionsTouchesNoOthers() {
    for (var column : List.of("day", "ts")) {
      var by = new Partitioning(column, Granularity.DAY, Optional.empty());
      var merge = new Materialization.Merge(List.of("id"), List.of(), Optional.of(by), true);
      var table = filtered(table(id("fixed_" + column), merge));
      publish("fx1" + column, table, "SELECT id, day, ts, fee FROM src");
      // a row that moved all the same shows that the partition of 1 January was not read
      publish(
          "fx2" + column,
          table,
          "SELECT id, DATE '2026-01-02' AS day, TIMESTAMP '2026-01-02 10:00:00Z' AS ts, fee + 1 AS fee FROM src WHERE id < 3");
      publish("fx3" + column, table, "SELECT id, day, ts, fee FROM src WHERE id > 99");
      assertThat(
              rows(
                  table,
                  "CONCAT(CAST(id AS STRING), ':', CAST(CAST(fee AS INT64) AS STRING)) WHERE %s IS NOT NULL"
                      .formatted(column)))
          .containsExactly("1:10", "1:11", "2:21", "3:30", "4:40");
    }
  }

  @Test
  void aNameThatTheSqlDoesNotAnswerEndsTheBuildBeforeAnythingIsPublished() {
    var merge = new Materialization.Merge(List.of("id"), List.of("nope"), Optional.empty(), false);
    assertThatThrownBy(() -> build("dn1", table(id("named"), merge), "SELECT id FROM src"))
        .isInstanceOfSatisfying(
            ActionNeededFailure.class,
            e -> assertThat(e.reason()).isEqualTo(WarehouseReason.INVALID_QUERY))
        .hasMessageContaining("orderBy names the column 'nope'");
  }

  @Test
  void theLedgerRemembersUpToWhenRunsPublished() {
    var table = table(id("past"), new Materialization.Partitions(BY_DAY));
    assertThat(mart.past(table)).isEmpty();
    publish("pa1", table, "SELECT id, day FROM src", days("2026-01-01", "2026-01-04"));
    publish(
        "pa2",
        table,
        "SELECT id, day FROM src WHERE day = DATE '2026-01-01'",
        days("2026-01-01", "2026-01-02"));
    assertThat(mart.past(table).orElseThrow().through()).isEqualTo("2026-01-04T00:00:00Z");
    assertThat(mart.past(MartFixture.of(table, Owner.dataMart("rental", "other"), false)))
        .isEmpty();
  }

  @Test
  void aViewIsMadeOnceAndNotAgainForTheSameText() {
    var table =
        governed(
            table(id("v"), new Materialization.View()),
            List.of(new MartTable.ColumnSpec("id", Optional.of("the car"), Optional.empty())),
            List.of());
    publish("v1", table, "SELECT id FROM src");
    assertThat(rows(table, "id")).hasSize(4);
    assertThat(resource(table)).contains("the car", "One row per car and day", "pricing");

    var made = made(table);
    var built = build("v2", table, "SELECT id FROM src");
    var writes =
        writesOf(
            () ->
                mart.publish(
                    run("v2"),
                    table,
                    candidate("v2"),
                    sql(named("SELECT id FROM src")),
                    days("2026-01-01", "2026-02-01"),
                    built.seen()));
    assertThat(writes).as("the ledger's row").hasSize(1);
    assertThat(ledger("v2")).containsExactly("0");
    assertThat(made(table)).isEqualTo(made);

    publish("v3", table, "SELECT id, fee FROM src WHERE id = 1");
    assertThat(rows(table, "CAST(fee AS INT64)")).containsExactly("10");
    assertThat(resource(table)).contains("the car");
  }

  @Test
  void aMaterializedViewIsMadeAndReplaced() {
    var table =
        table(
            id("mv"),
            new Materialization.MaterializedView(
                Optional.of(Duration.ofMinutes(30)), Optional.of(Duration.ofHours(4))));
    publish("mv1", table, "SELECT day, COUNT(*) AS n FROM src GROUP BY day");
    assertThat(rows(table, "n")).containsExactly("1", "1", "2");
    assertThat(mart.find(table.id()).orElseThrow().kind()).isEqualTo("MATERIALIZED_VIEW");

    publish("mv2", table, "SELECT day, SUM(id) AS n FROM src GROUP BY day");
    assertThat(rows(table, "n")).containsExactly("1", "4", "5");
  }

  @Test
  void aViewCannotUseTheInterval() {
    var table = table(id("vp"), new Materialization.View());
    var statement =
        new Statement(
            named("SELECT id FROM src WHERE day >= @day -- @not_this"),
            Map.of("day", new Parameter.Day(LocalDate.parse("2026-01-02"))));

    assertThatThrownBy(() -> mart.build(run("vp1"), table, statement, candidate("vp1"), MUCH))
        .isInstanceOf(ActionNeededFailure.class)
        .hasMessageStartingWith("spec.tables[0]: a view cannot use @day:");
  }

  @Test
  void parametersOfEveryTypeReachTheQuery() {
    var table = table(id("params"), new Materialization.Full(Optional.empty()));
    var statement =
        new Statement(
            named("SELECT id FROM src WHERE day >= @day AND ts < @until AND zone = @zone"),
            Map.of(
                "day", new Parameter.Day(LocalDate.parse("2026-01-01")),
                "until", new Parameter.Moment(Instant.parse("2026-01-03T00:00:00Z")),
                "zone", new Parameter.Text("a"),
                "unused", new Parameter.Text("it's")));

    var built = mart.build(run("q1"), table, statement, candidate("q1"), MUCH);

    assertThat(built.rows()).isEqualTo(1);
    assertThat(mart.estimate(statement).columns())
        .containsExactly(new MartWarehouse.Column("id", "INT64"));
  }

  @Test
  void anEstimateTellsColumnsTablesAndErrorsInGooglesWords() {
    var estimate =
        mart.estimate(
            sql(
                named(
                    "SELECT id, [STRUCT(1 AS a, 'x' AS `order`)] AS list, zone AS `아이디` FROM src")));

    assertThat(estimate.columns())
        .containsExactly(
            new MartWarehouse.Column("id", "INT64"),
            new MartWarehouse.Column("list", "ARRAY<STRUCT<a INT64, `order` STRING>>"),
            new MartWarehouse.Column("아이디", "STRING"));
    assertThat(estimate.referenced()).containsExactly(id("src"));
    assertThatThrownBy(() -> mart.estimate(sql("SELEC 1")))
        .isInstanceOfSatisfying(
            ActionNeededFailure.class,
            e -> assertThat(e.reason()).isEqualTo(WarehouseReason.INVALID_QUERY))
        .hasMessageContaining("\"SELEC\" at [1:1]");
    assertThatThrownBy(() -> mart.estimate(sql(named("SELECT * FROM nowhere"))))
        .isInstanceOfSatisfying(
            ActionNeededFailure.class,
            e -> assertThat(e.reason()).isEqualTo(WarehouseReason.TABLE_NOT_FOUND))
        .hasMessageContaining(DATASET + ".nowhere");
    assertThatThrownBy(() -> mart.estimate(sql("SELECT 1; SELECT 2")))
        .hasMessageContaining("must be one query");
  }

  @Test
  void columnsAreAddedAndOthersKept() {
    var table = table(id("grows"), new Materialization.Merge(List.of("id"), Optional.empty()));
    publish("g1", table, "SELECT id FROM src WHERE id <= 2");
    var columns =
        List.of(
            new MartWarehouse.Column("id", "INT64"), new MartWarehouse.Column("zone", "STRING"));
    assertThat(mart.change(table, columns).added()).containsExactly("zone");

    publish("g2", table, "SELECT id, zone FROM src WHERE id = 2");

    assertThat(rows(table, "CONCAT(CAST(id AS STRING), ':', IFNULL(zone, '-'))"))
        .containsExactly("1:-", "2:b");
  }

  @Test
  void whatBreaksReadersNeedsAWordAndThenIsSwappedWithItsHistory() {
    var table = table(id("breaks"), new Materialization.Partitions(BY_DAY));
    publish("b1", table, "SELECT id, day, zone, fee FROM src");

    var sql = "SELECT CAST(id AS STRING) AS id, day, fee FROM src WHERE day = DATE '2026-01-03'";
    assertThatThrownBy(() -> publish("b2", table, sql, days("2026-01-03", "2026-01-04")))
        .isInstanceOfSatisfying(
            ActionNeededFailure.class,
            e -> assertThat(e.reason()).isEqualTo(WarehouseReason.BREAKING_CHANGE))
        .hasMessageContaining("it loses zone; id INT64 becomes STRING")
        .hasMessageContaining("Write breakingChanges: Allow into spec.tables[0]");
    assertThat(rows(table, "zone")).hasSize(4);

    publish("b3", breaking(table), sql, days("2026-01-03", "2026-01-04"));

    assertThat(rows(table, "id")).containsExactly("1", "2", "3", "4");
    assertThat(mart.find(table.id()).orElseThrow().columns())
        .containsExactly(
            new MartWarehouse.Column("id", "STRING"),
            new MartWarehouse.Column("day", "DATE"),
            new MartWarehouse.Column("fee", "NUMERIC"));
    assertThat(
            mart.publish(
                    run("b3"),
                    breaking(table),
                    candidate("b3"),
                    sql(""),
                    days("2026-01-03", "2026-01-04"),
                    MartFixture.UNSEEN)
                .rows())
        .isEqualTo(1);
  }

  @Test
  void anotherPartitioningIsBuiltBesideWithAllGovernance() {
    var tag = "projects/p/locations/us/taxonomies/1/policyTags/2";
    var columns = List.of(new MartTable.ColumnSpec("id", Optional.of("the car"), Optional.of(tag)));
    var policies =
        List.of(new MartTable.RowPolicy("seoul", List.of("group:seoul@example.com"), "zone = 'a'"));
    var before =
        governed(table(id("moves"), new Materialization.Full(Optional.empty())), columns, policies);
    publish("s1", before, "SELECT id, day, zone FROM src");
    assertThat(resource(before)).contains(tag, "the car", "pricing");
    assertThat(policies(before)).containsExactly("naru_all_rows", "seoul");

    var after =
        breaking(
            governed(
                table(id("moves"), new Materialization.Full(Optional.of(BY_DAY))),
                List.of(),
                policies));
    assertThat(mart.change(after, List.of()).storage())
        .containsExactly("partitioning none becomes DAY(day)");
    publish("s2", after, "SELECT id, day, zone FROM src WHERE id < 3");

    assertThat(rows(after, "id")).containsExactly("1", "2");
    assertThat(resource(after))
        .contains(tag, "the car", "pricing", "\"DAY\"")
        .doesNotContain("expirationTime");
    assertThat(policies(after)).containsExactly("naru_all_rows", "seoul");
    assertThat(writesOf(() -> mart.realise(after))).isEmpty();
  }

  @Test
  void aTableBecomesAViewAndBack() {
    var table = table(id("turns"), new Materialization.Full(Optional.empty()));
    publish("t1", table, "SELECT id FROM src");
    var view = breaking(table(id("turns"), new Materialization.View()));
    publish("t2", view, "SELECT id FROM src WHERE id = 1");
    assertThat(mart.find(table.id()).orElseThrow().kind()).isEqualTo("VIEW");
    assertThat(rows(view, "id")).containsExactly("1");

    publish("t3", breaking(table), "SELECT id FROM src WHERE id = 2");
    assertThat(mart.find(table.id()).orElseThrow().kind()).isEqualTo("TABLE");
    assertThat(rows(table, "id")).containsExactly("2");
  }

  @Test
  void aPreviewShowsTheTargetAsItWillBe() {
    var partitions = filtered(table(id("pre1"), new Materialization.Partitions(BY_DAY)));
    publish("pr1", partitions, "SELECT id, day FROM src");
    preview(
        "pr2",
        partitions,
        "SELECT id + 10 AS id, day, 'n' AS extra FROM src WHERE day = DATE '2026-01-02'",
        days("2026-01-02", "2026-01-03"));
    assertThat(
            texts(
                "SELECT CONCAT(CAST(id AS STRING), IFNULL(extra, '')) FROM "
                    + ops("view_pr2").sql()))
        .containsExactly("1", "12n", "13n", "4");

    var merge = table(id("pre3"), new Materialization.Merge(List.of("id"), Optional.empty()));
    preview(
        "pr3",
        merge,
        "SELECT 1 AS id, 'x' AS zone UNION ALL SELECT 1, 'y'",
        days("2026-01-01", "2026-01-02"));
    assertThat(texts("SELECT zone FROM " + ops("view_pr3").sql())).containsExactly("x");
    publish("pr4", merge, "SELECT id, zone FROM src WHERE id < 3");
    preview("pr5", merge, "SELECT 2 AS id, 'new' AS zone", days("2026-01-01", "2026-01-02"));
    assertThat(texts("SELECT zone FROM " + ops("view_pr5").sql())).containsExactly("a", "new");
  }

  @Test
  void checksPassFailAndBreakEachByItself() {
    var table = table(id("checked"), new Materialization.Full(Optional.empty()));
    build(
        "c1",
        table,
        "SELECT id, day, ts, zone, fee FROM src UNION ALL SELECT 4, DATE '2026-01-03', NULL, 'z', -1");
    var checks =
        List.<Check>of(
            new Check.NotNull("no-null", List.of("zone", "ts")),
            new Check.NotNull("fine", List.of("id")),
            new Check.Unique("key", List.of("id", "day")),
            new Check.Unique("key-of-null", List.of("zone", "ts")),
            new Check.Accepted("zones", "zone", List.of("a", "b")),
            new Check.Accepted("ids", "id", List.of("1", "2", "3", "4")),
            new Check.Range("fees", "fee", Optional.of("0"), Optional.of("30.5")),
            new Check.Range("days", "day", Optional.of("2026-01-01"), Optional.empty()),
            new Check.Range("no-number", "id", Optional.of("abc"), Optional.empty()),
            new Check.Rows(
                "rows",
                Optional.of(6L),
                Optional.empty(),
                Optional.of(new Check.Change(10, 10, Optional.of(10L), Optional.of(10L)))),
            new Check.Freshness(
                "fresh",
                "day",
                Duration.ofHours(26),
                Instant.parse("2026-01-05T00:00:00Z"),
                MartFixture.ZONE),
            new Check.Relationship(
                "known", List.of("id", "zone"), id("src"), List.of("id", "zone")),
            new Check.Relationship("unknown-table", List.of("id"), id("nowhere"), List.of("id")),
            new Check.NotNull("no-column", List.of("nope")),
            new Check.Query(
                "free",
                new Statement(
                    "SELECT * FROM " + candidate("c1").sql() + " WHERE fee > @fee",
                    Map.of("fee", new Parameter.Text("x")))),
            new Check.Query(
                "many", sql("SELECT id FROM " + candidate("c1").sql() + " WHERE id = 4")));

    var checked = mart.check(run("c1"), table, candidate("c1"), checks, MartFixture.upTo(MUCH));

    var found = checked.results().stream().map(MartWarehouseIT::text).toList();
    assertThat(found)
        .containsExactly(
            "no-null 2 rows are NULL in zone or ts",
            "fine passed",
            "key 1 values of (id, day) occur more than once",
            "key-of-null passed",
            "zones 1 rows have a value of zone that is not accepted",
            "ids passed",
            "fees 2 rows have a value of fee out of range, at least 0, at most 30.5",
            "days passed",
            "no-number broken",
            "rows 5 rows; allowed: at least 6, at most 10 % less than the 10 of the last run",
            "fresh the newest value of day is 2026-01-03T00:00:00Z, 48 h 0 min before 2026-01-05T00:00:00Z; allowed: 26 h 0 min",
            "known 1 rows have a (id, zone) that is not in " + id("src"),
            "unknown-table broken",
            "no-column broken",
            "free broken",
            "many 2 rows are answered by the query");
    for (var result : checked.results()) {
      if (result instanceof Check.Result.Failed failed
          && !List.of("rows", "fresh", "key").contains(failed.name())) {
        assertThat(session.query().rows(failed.name(), failed.query()))
            .as(failed.query())
            .hasSize((int) failed.failing());
      }
    }
  }

  @Test
  void nothingIsReadBeyondACap() {
    var table = table(id("capped"), new Materialization.Full(Optional.empty()));
    var all = sql(named("SELECT id FROM src"));
    assertThat(mart.estimate(all).cost().bytes()).isPositive();
    assertThatThrownBy(() -> mart.build(run("x1"), table, all, candidate("x1"), 1000))
        .isInstanceOfSatisfying(
            ActionNeededFailure.class,
            e -> assertThat(e.reason()).isEqualTo(WarehouseReason.BYTES_CAP_EXCEEDED))
        .hasMessageStartingWith(
            "spec.tables[0]: build would be billed for more than the 1000 bytes")
        .hasMessageContaining("Query exceeded limit for bytes billed: 1000.")
        .hasMessageContaining("spec.limits.maxBytesBilledPerRun");
    assertThat(mart.find(candidate("x1"))).isEmpty();

    // a raised limit is the same step
    var built = mart.build(run("x1"), table, all, candidate("x1"), MUCH);
    assertThat(built.bytesBilled()).isEqualTo(10 << 20);
    var checks =
        List.<Check>of(
            new Check.NotNull("one", List.of("id")),
            new Check.Query("two", sql("SELECT 1 FROM " + candidate("x1").sql())));
    var checked = mart.check(run("x1"), table, candidate("x1"), checks, MartFixture.upTo(1000));
    assertThat(checked.bytesBilled()).isZero();
    assertThat(checked.results())
        .allSatisfy(
            result ->
                assertThat(result)
                    .isInstanceOfSatisfying(
                        Check.Result.Broken.class,
                        broken ->
                            assertThat(broken.why())
                                .contains("it would be billed for 10485760 bytes, and 1000")));
    assertThat(
            mart.publish(
                    run("x1"),
                    table,
                    candidate("x1"),
                    all,
                    days("2026-01-01", "2026-02-01"),
                    built.seen())
                .bytesBilled())
        .isPositive();
  }

  @Test
  void aTableOfSomebodyElseIsNotTouched() {
    var table = table(id("theirs"), new Materialization.Full(Optional.empty()));
    publish("a1", table, "SELECT 1 AS id");
    var other = MartFixture.of(table, Owner.dataMart("billing", "ledger"), false);

    assertThatThrownBy(() -> publish("a2", other, "SELECT 2 AS id"))
        .isInstanceOfSatisfying(
            ActionNeededFailure.class,
            e -> assertThat(e.reason()).isEqualTo(WarehouseReason.TARGET_NOT_OWNED))
        .hasMessageContaining("belongs to DataMart rental/soda-store")
        .hasMessageContaining("spec.tables[0].adopt: true");
    assertThat(rows(table, "id")).containsExactly("1");
    assertThat(mart.delete(other.id(), other.owner())).isFalse();

    publish("a3", MartFixture.of(other, other.owner(), true), "SELECT 3 AS id");
    assertThat(rows(table, "id")).containsExactly("3");
    assertThat(mart.delete(other.id(), other.owner())).isTrue();
    assertThat(mart.find(table.id())).isEmpty();
    assertThat(mart.delete(other.id(), other.owner())).isFalse();
  }

  @Test
  void aDatasetIsMadeRepairedAndThenLeftAlone() {
    var name = DATASET + "_ds";
    var declared =
        new DatasetSpec(
            name,
            OWNER,
            Optional.of("soda"),
            Map.of("tier", "gold"),
            Optional.of(30),
            List.of(
                new DatasetSpec.Access("roles/bigquery.dataViewer", "group:a@example.com"),
                new DatasetSpec.Access(
                    "roles/bigquery.dataEditor", "serviceAccount:s@p.iam.gserviceaccount.com")),
            false);
    assertThat(mart.realise(declared)).contains("created");
    assertThat(writesOf(() -> mart.realise(declared))).isEmpty();
    assertThatThrownBy(
            () ->
                mart.realise(
                    new DatasetSpec(
                        name,
                        Owner.dataMart("x", "y"),
                        Optional.empty(),
                        Map.of(),
                        Optional.empty(),
                        List.of(),
                        false)))
        .isInstanceOf(ActionNeededFailure.class)
        .hasMessageContaining("belongs to DataMart rental/soda-store");
    assertThat(mart.delete(declared)).isTrue();
    assertThat(mart.delete(declared)).isFalse();
    assertThat(mart.delete(dataset(DATASET))).as("holds tables").isFalse();
  }

  @Test
  void driftIsRepairedAndWhatIsRightIsLeftAlone() {
    var columns = List.of(new MartTable.ColumnSpec("id", Optional.of("the car"), Optional.empty()));
    var policies =
        List.of(new MartTable.RowPolicy("one", List.of("group:g@example.com"), "id = 1"));
    var table =
        governed(
            filtered(table(id("drifts"), new Materialization.Partitions(BY_DAY))),
            columns,
            policies);
    publish("d1", table, "SELECT id, day FROM src");
    assertThat(writesOf(() -> mart.realise(table))).isEmpty();

    execute(
        "ALTER TABLE %s SET OPTIONS (description = 'x', require_partition_filter = false)"
            .formatted(table.id().sql()));

    assertThat(mart.realise(table)).contains("description", "requirePartitionFilter");
    assertThat(writesOf(() -> mart.realise(table))).isEmpty();
    var without =
        governed(
            filtered(table(id("drifts"), new Materialization.Partitions(BY_DAY))),
            columns,
            List.of());
    mart.realise(without);
    assertThat(policies(table)).isEmpty();
  }

  private static String text(Check.Result result) {
    return switch (result) {
      case Check.Result.Passed(var name) -> name + " passed";
      case Check.Result.Failed failed -> failed.name() + " " + failed.found();
      case Check.Result.Broken(var name, _) -> name + " broken";
    };
  }

  private static List<String> writesOf(Runnable work) {
    synchronized (CALLS) {
      CALLS.clear();
    }
    work.run();
    synchronized (CALLS) {
      return CALLS.stream()
          .filter(
              call ->
                  !call.endsWith(".get")
                      && !call.endsWith(".list")
                      && !call.endsWith(".query")
                      // asked only when the job did not end at once
                      && !call.endsWith(".getQueryResults"))
          .toList();
    }
  }

  /** Fields of a STRUCT carry descriptions and policy tags as columns do, also through a swap. */
  @Test
  void fieldsOfAStructAreDescribedTaggedAndKept() {
    var tag = "projects/p/locations/us/taxonomies/1/policyTags/2";
    var columns =
        List.of(
            new MartTable.ColumnSpec("owner.name", Optional.of("who"), Optional.of(tag)),
            new MartTable.ColumnSpec("rides.fee", Optional.of("in won"), Optional.empty()),
            new MartTable.ColumnSpec("owner", Optional.of("the member"), Optional.empty()));
    var query =
        "SELECT id, day, STRUCT(zone AS name, id AS number) AS owner, [STRUCT(day AS day, fee AS fee)] AS rides FROM src";
    var before =
        governed(
            table(id("nested"), new Materialization.Full(Optional.empty())), columns, List.of());
    publish("n1", before, query);
    assertNested(before, tag);
    assertThat(rows(before, "owner.number WHERE owner.name = 'a'")).isNotEmpty();
    assertThat(mart.realise(before)).as("what is right is left alone").isEmpty();

    publish("n2", before, query + " WHERE id > 1");
    assertNested(before, tag);

    var after =
        breaking(
            governed(
                table(id("nested"), new Materialization.Partitions(BY_DAY)), columns, List.of()));
    publish(
        "n3", after, query + " WHERE day = DATE '2026-01-02'", days("2026-01-02", "2026-01-03"));
    assertNested(after, tag);
    assertThat(rows(after, "id")).hasSizeGreaterThan(1);

    var typo =
        governed(
            after,
            List.of(new MartTable.ColumnSpec("owner.nmae", Optional.of("who"), Optional.of(tag))),
            List.of());
    assertThatThrownBy(() -> publish("n4", typo, query))
        .hasMessageContaining("columns names the column 'owner.nmae'")
        .hasMessageContaining("owner.name");
  }

  private static void assertNested(MartTable table, String tag) {
    var fields = session.resources().table(table.id()).orElseThrow().getSchema().getFields();
    var owner = field(fields, "owner");
    assertThat(owner.getDescription()).isEqualTo("the member");
    var name = field(owner.getFields(), "name");
    assertThat(name.getDescription()).isEqualTo("who");
    assertThat(name.getPolicyTags().getNames()).containsExactly(tag);
    assertThat(field(owner.getFields(), "number").getDescription()).isNull();
    assertThat(field(field(fields, "rides").getFields(), "fee").getDescription())
        .isEqualTo("in won");
  }

  private static TableFieldSchema field(List<TableFieldSchema> fields, String name) {
    return fields.stream().filter(it -> it.getName().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void aTargetThatSomebodyReplacedMeanwhileIsNotTouched() {
    var table = table(id("changed"), new Materialization.Full(Optional.empty()));
    publish("tc1", table, "SELECT id, day FROM src");
    var built = build("tc2", table, "SELECT id, day FROM src WHERE id = 1");
    execute(
        "CREATE OR REPLACE TABLE %s AS SELECT 9 AS id, 'by hand' AS memo"
            .formatted(table.id().sql()));

    assertThatThrownBy(() -> publish("tc2", table, built))
        .isInstanceOfSatisfying(
            ActionNeededFailure.class,
            e -> assertThat(e.reason()).isEqualTo(WarehouseReason.TARGET_CHANGED))
        .hasMessageContaining("another table stands in its place");
    assertThat(rows(table, "id")).containsExactly("9");
  }

  @Test
  void whatAnotherRunPublishedMeanwhileIsNotReplacedByOlderRows() {
    var table = table(id("superseded"), new Materialization.Full(Optional.empty()));
    publish("su1", table, "SELECT id FROM src");
    var built = build("su2", table, "SELECT id FROM src WHERE id = 1");
    publish("su3", table, "SELECT id FROM src WHERE id = 2");

    assertThatThrownBy(() -> publish("su2", table, built))
        .isInstanceOfSatisfying(
            ActionNeededFailure.class,
            e -> assertThat(e.reason()).isEqualTo(WarehouseReason.SUPERSEDED));
    assertThat(rows(table, "id")).containsExactly("2");
  }

  private static void publish(String run, MartTable table, MartWarehouse.Built built) {
    mart.publish(
        run(run),
        table,
        candidate(run),
        sql("SELECT 1"),
        days("2026-01-01", "2026-02-01"),
        built.seen());
  }

  private static DatasetSpec dataset(String name) {
    return new DatasetSpec(
        name, OWNER, Optional.empty(), Map.of(), Optional.empty(), List.of(), false);
  }

  private static MartWarehouse.Published publish(String run, MartTable table, String sql) {
    return publish(run, table, sql, days("2026-01-01", "2026-02-01"));
  }

  private static MartWarehouse.Published publish(
      String run, MartTable table, String sql, Window window) {
    var built = build(run, table, sql);
    return mart.publish(run(run), table, candidate(run), sql(named(sql)), window, built.seen());
  }

  private static MartWarehouse.Built build(String run, MartTable table, String sql) {
    return mart.build(run(run), table, sql(named(sql)), candidate(run), MUCH);
  }

  private static void preview(String run, MartTable table, String sql, Window window) {
    build(run, table, sql);
    mart.preview(run(run), table, candidate(run), window, ops("view_" + run));
  }

  /** Bare names of the test's tables become full ones. */
  private static String named(String sql) {
    return sql.replaceAll("FROM (src|nowhere)\\b", "FROM `" + PROJECT + "`.`" + DATASET + "`.`$1`");
  }

  private static TableId id(String table) {
    return new TableId(PROJECT, DATASET, table);
  }

  private static TableId ops(String table) {
    return new TableId(PROJECT, "ops", table);
  }

  private static TableId candidate(String run) {
    return ops("mart_" + DATASET + "_" + run);
  }

  private static void execute(String sql) {
    session
        .jobs()
        .run(
            new JobStep(DATASET, "fixture " + NUMBERS.incrementAndGet()),
            session.query().statement(sql));
  }

  private static List<String> texts(String sql) {
    return session.query().rows("test", sql).stream()
        .map(row -> row.text(0).orElse("NULL"))
        .sorted()
        .toList();
  }

  private static List<String> rows(MartTable table, String columnAndWhere) {
    var parts = columnAndWhere.split(" WHERE ", 2);
    return session
        .query()
        .rows(
            "test",
            "SELECT CAST(%s AS STRING) FROM %s%s"
                .formatted(
                    parts[0], table.id().sql(), parts.length > 1 ? " WHERE " + parts[1] : ""))
        .stream()
        .map(row -> row.text(0).orElse("NULL"))
        .sorted((a, b) -> a.length() == b.length() ? a.compareTo(b) : a.length() - b.length())
        .toList();
  }

  private static List<String> ledger(String run) {
    return session
        .query()
        .rows(
            "test",
            "SELECT CAST(row_count AS STRING) FROM %s WHERE run_key = '%s'"
                .formatted(ops("marts_" + DATASET).sql(), run))
        .stream()
        .map(row -> row.text(0).orElse("NULL"))
        .toList();
  }

  private static String resource(MartTable table) {
    var found = session.resources().table(table.id()).orElseThrow();
    return found + " requirePartitionFilter=" + found.getRequirePartitionFilter();
  }

  private static Long made(MartTable table) {
    return session.resources().table(table.id()).orElseThrow().getCreationTime();
  }

  private static List<String> policies(MartTable table) {
    return session.resources().rowPolicies(table.id()).stream()
        .map(policy -> policy.getRowAccessPolicyReference().getPolicyId())
        .sorted()
        .toList();
  }
}
