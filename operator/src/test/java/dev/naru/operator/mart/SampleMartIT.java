package dev.naru.operator.mart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.bigquery.CallObserver;
import dev.naru.bigquery.Patience;
import dev.naru.bigquery.TableId;
import dev.naru.bigquery.WarehouseSession;
import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.MartRun;
import dev.naru.crds.v1alpha1.MartTableStatus;
import dev.naru.crds.v1alpha1.RunOutcome;
import dev.naru.crds.v1alpha1.TableState;
import dev.naru.operator.mart.MartResolution.Resolved;
import dev.naru.runfile.Warehouse;
import dev.naru.sql.SqlAnalyzer;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sample's mart, planned and run twice on the local BigQuery over small tables. */
final class SampleMartIT {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  @TempDir static Path folder;
  private static Warehouse warehouse;
  private static WarehouseSession session;

  @BeforeAll
  static void start() throws Exception {
    var started =
        new ProcessBuilder(
                ROOT.resolve("e2e/warehouse/server").toString(),
                "start",
                folder.toString(),
                "--watch-parent",
                Long.toString(ProcessHandle.current().pid()))
            .redirectErrorStream(true)
            .start();
    var said = new String(started.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(started.waitFor()).as(said).isZero();
    warehouse =
        new Warehouse(
            "naru-local",
            "naru-local",
            "US",
            "gs://naru-staging",
            "naru_ops",
            Optional.empty(),
            Optional.empty(),
            Map.of(),
            Optional.of(
                new Warehouse.LocalEndpoints(
                    url(said, "NARU_BIGQUERY_URL="), url(said, "NARU_STORAGE_URL="))));
    session =
        WarehouseSession.open(
            warehouse, Map.of(), Patience.until(Instant.now().plus(Duration.ofMinutes(10))));
    for (var dataset : List.of("raw_rental", "raw_billing", "naru_ops")) {
      session.tables().ensureDataset(dataset);
    }
    for (var statement :
        Files.readString(ROOT.resolve("operator/src/test/resources/mart/raw.sql"))
            .split(";\\s*\n", -1)) {
      if (!statement.isBlank()) {
        session.query().rows("sample rows", statement);
      }
    }
  }

  @AfterAll
  static void stop() throws Exception {
    session.close();
    new ProcessBuilder(
            ROOT.resolve("e2e/warehouse/server").toString(), "stop", folder.toString(), "--purge")
        .start()
        .waitFor();
  }

  @Test
  void theSampleIsPlannedRunRunAgainAndDeleted() throws Exception {
    var mart = mart();
    var end = MartWindows.end(mart.getSpec(), Instant.now());

    var planned = plan(mart, List.of());
    assertThat(planned).isInstanceOf(PlanAnswer.Planned.class);
    var plan = ((PlanAnswer.Planned) planned).plan();
    assertThat(plan.order()).hasSize(8).startsWith("reservation_daily");
    assertThat(plan.changes())
        .hasSize(8)
        .allMatch(it -> it.endsWith("is created") || it.contains("is created with"));

    var first = run(mart, "m-1", end, List.of());
    assertThat(first.result()).as(first.message()).isEqualTo(RunOutcome.SUCCEEDED);
    var once = figures();
    assertThat(once.get("reservations")).isEqualTo(count("raw_rental.reservations"));

    var tables =
        mart.getSpec().tables().stream()
            .map(
                it ->
                    new MartTableStatus(
                        it.name(), TableState.PUBLISHED, 1L, null, 0L, end, end, null, null))
            .toList();
    assertThat(((PlanAnswer.Planned) plan(mart, tables)).plan().changes()).isEmpty();
    assertThat(run(mart, "m-2", end, tables).result()).isEqualTo(RunOutcome.SUCCEEDED);
    assertThat(figures()).as("the same however often it runs").isEqualTo(once);
    assertThat(left()).as("nothing staged is left behind").isEmpty();

    theHistoryIsBuiltAgain(mart, once);
    itIsDeletedAndNothingElse(mart);
  }

  /** Twice the same: exactly the partitions of the intervals, whatever they hold. */
  private static void theHistoryIsBuiltAgain(DataMart mart, Map<String, String> once) {
    var days =
        session
            .query()
            .rows(
                "days",
                "SELECT CAST(day AS STRING) FROM soda_store.reservation_daily GROUP BY day ORDER BY 1 LIMIT 3")
            .stream()
            .map(row -> java.time.LocalDate.parse(row.text(0).orElseThrow()))
            .toList();
    session
        .query()
        .rows("break", "UPDATE soda_store.reservation_daily SET revenue = revenue + 1 WHERE true");
    var broken = figures();
    assertThat(broken.get("reservations")).isEqualTo(once.get("reservations"));
    var others =
        "SELECT CAST(SUM(revenue) AS STRING) FROM soda_store.reservation_daily WHERE day NOT IN ('%s', '%s')"
            .formatted(days.get(0), days.get(1));
    var left = one(others);
    var intervals =
        new Intervals(new BigQueryMarts(CallObserver.NONE), new TableLocks(), Clock.systemUTC());
    var tables = List.of("reservation_daily", "zone_hourly_demand");
    for (var go : List.of("b-1", "b-2")) {
      for (var day : days.subList(0, 2)) {
        var end = interval(intervals, mart, tables, day, go);
        assertThat(end.result()).as(end.message()).isEqualTo(RunOutcome.SUCCEEDED);
        assertThat(interval(intervals, mart, tables, day, go).rows())
            .as("a repeat of the same go finds that it is done")
            .isEqualTo(end.rows());
        intervals.discard(new MartHistory(mart, resolved(mart)), end.staged());
      }
      assertThat(one(others)).as("no other partition was touched").isEqualTo(left);
    }
    assertThat(left()).as("nothing staged is left behind").isEmpty();
    assertThat(figures().get("reservations")).isEqualTo(once.get("reservations"));
    assertThat(
            one(
                "SELECT CAST(SUM(IF(status = 'CANCELLED', 0, fare - IFNULL(discount, 0))) AS STRING) FROM raw_rental.reservations WHERE DATE(pickup_at, 'Asia/Seoul') IN ('%s', '%s')"
                    .formatted(days.get(0), days.get(1))))
        .as("the rows of the intervals are those of the source again")
        .isEqualTo(
            one(
                "SELECT CAST(SUM(revenue) AS STRING) FROM soda_store.reservation_daily WHERE day IN ('%s', '%s')"
                    .formatted(days.get(0), days.get(1))));
  }

  private static IntervalEnd interval(
      Intervals intervals, DataMart mart, List<String> tables, java.time.LocalDate day, String go) {
    var zone = java.time.ZoneId.of("Asia/Seoul");
    var order =
        new IntervalOrder(
            new MartHistory(mart, resolved(mart)),
            tables,
            day.atStartOfDay(zone).toInstant(),
            day.plusDays(1).atStartOfDay(zone).toInstant(),
            "rental/history",
            "history-" + day,
            "uid " + go,
            Instant.now().truncatedTo(ChronoUnit.DAYS));
    assertThat(intervals.estimate(List.of(order), () -> true).complete()).isTrue();
    return intervals
        .run(order, new RunShares(new SharedBudget(Optional.empty(), 0)), () -> true, () -> {})
        .run();
  }

  /** Whatever was declared for deletion goes, and nobody else's table does. */
  private static void itIsDeletedAndNothingElse(DataMart mart) {
    session.query().rows("theirs", "CREATE TABLE soda_store.theirs AS SELECT 1 AS x");
    var names = MartDeletion.order(mart, List.of("theirs"), around(mart));
    var eraser =
        new MartEraser(new BigQueryMarts(CallObserver.NONE), new TableLocks(), Clock.systemUTC());
    var dataset = resolved(mart).dataset();
    assertThat(eraser.erase(warehouse, dataset, names))
        .isEqualTo(new MartEraser.Answer.Erased(false));
    assertThat(tables()).containsExactly("theirs");
    try (var marts =
        new BigQueryMarts(CallObserver.NONE)
            .open(warehouse, dataset.owner(), Instant.now().plusSeconds(60))) {
      marts.discard(new TableId("naru-local", "soda_store", "theirs"));
    }
    assertThat(eraser.erase(warehouse, dataset, names))
        .isEqualTo(new MartEraser.Answer.Erased(true));
    assertThat(eraser.erase(warehouse, dataset, names))
        .as("what is gone is fine")
        .isEqualTo(new MartEraser.Answer.Erased(false));
  }

  private static List<String> tables() {
    return session
        .query()
        .rows("tables", "SELECT table_name FROM soda_store.INFORMATION_SCHEMA.TABLES")
        .stream()
        .map(row -> row.text(0).orElse(""))
        .toList();
  }

  private static DataMart mart() throws Exception {
    var mart =
        Serialization.unmarshal(
            Files.readString(ROOT.resolve("samples/car-sharing/base/marts/soda-store.yaml")),
            DataMart.class);
    mart.getMetadata().setNamespace("rental");
    return mart;
  }

  private static ResolvedMart resolved(DataMart mart) {
    return ((Resolved) MartResolver.resolve(mart, around(mart))).mart();
  }

  private static MartSurroundings around(DataMart mart) {
    var declared =
        Serialization.unmarshal(
            Marts.WAREHOUSE
                .replace("http://bigquery", warehouse.localEndpoints().orElseThrow().bigQuery())
                .replace("http://storage", warehouse.localEndpoints().orElseThrow().storage()),
            dev.naru.crds.v1alpha1.Warehouse.class);
    return new MartSurroundings(
        _ -> Optional.of(declared),
        _ -> Optional.empty(),
        List.of(),
        List.of(mart),
        List.of(),
        new NameCache());
  }

  private static RunPlan runPlan(
      DataMart mart, String id, Instant end, List<MartTableStatus> tables) {
    var now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    return RunPlan.of(
        resolved(mart),
        mart.getSpec(),
        new MartRun(id, null, id, end, now, null, RunOutcome.RUNNING, null, null, null),
        tables);
  }

  private static PlanAnswer plan(DataMart mart, List<MartTableStatus> tables) {
    var end = MartWindows.end(mart.getSpec(), Instant.now());
    return new MartPlanner(
            new BigQueryMarts(CallObserver.NONE),
            SqlAnalyzer.NONE,
            new TableLocks(),
            Clock.systemUTC())
        .look(
            new MartPlanner.Question(
                runPlan(mart, "plan", end, tables), List.of(), List.of(), Set.of(), Set.of()));
  }

  private static RunReport run(
      DataMart mart, String id, Instant end, List<MartTableStatus> tables) {
    var plan = runPlan(mart, id, end, tables);
    var progress = new RunProgress(plan, () -> {}, () -> true);
    var warehouses = new BigQueryMarts(CallObserver.NONE);
    try (var marts = warehouses.open(warehouse, plan.mart().owner(), plan.deadline())) {
      var report = new MartRunner(plan, marts, progress, Clock.systemUTC(), Thread::sleep).run();
      Leftovers.discard(warehouses, plan.mart(), plan.staged(), Instant.now());
      return report;
    }
  }

  private static Map<String, String> figures() {
    return Map.of(
        "reservations",
            one("SELECT CAST(SUM(reservations) AS STRING) FROM soda_store.reservation_daily"),
        "revenue", one("SELECT CAST(SUM(revenue) AS STRING) FROM soda_store.revenue_daily"),
        "week", one("SELECT CAST(SUM(revenue) AS STRING) FROM soda_store.car_utilization_weekly"),
        "members", one("SELECT CAST(COUNT(*) AS STRING) FROM soda_store.member_lifetime"),
        "differences",
            one("SELECT CAST(COUNT(*) AS STRING) FROM soda_store.payment_reconciliation"),
        "pickups", one("SELECT CAST(SUM(pickups) AS STRING) FROM soda_store.zone_ranking"),
        "coupons", one("SELECT CAST(SUM(issued) AS STRING) FROM soda_store.coupon_effect"));
  }

  private static List<String> left() {
    return session
        .query()
        .rows(
            "staged",
            "SELECT table_name FROM naru_ops.INFORMATION_SCHEMA.TABLES WHERE table_name LIKE 'mart_%'")
        .stream()
        .map(row -> row.text(0).orElse(""))
        .filter(it -> it.startsWith("mart_"))
        .toList();
  }

  private static String count(String table) {
    return one("SELECT CAST(COUNT(*) AS STRING) FROM " + table);
  }

  private static String one(String sql) {
    return session.query().rows("figures", sql).getFirst().text(0).orElse("");
  }

  private static String url(String said, String name) {
    return said.lines()
        .filter(it -> it.startsWith(name))
        .map(it -> it.substring(name.length()))
        .findFirst()
        .orElseThrow();
  }
}
