package dev.naru.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.bigquery.Column;
import dev.naru.bigquery.ColumnType;
import dev.naru.bigquery.Failure;
import dev.naru.bigquery.JobStep;
import dev.naru.bigquery.Layout;
import dev.naru.bigquery.LedgerRow;
import dev.naru.bigquery.LocalWarehouse;
import dev.naru.bigquery.Owner;
import dev.naru.bigquery.Patience;
import dev.naru.bigquery.PublishScript;
import dev.naru.bigquery.TableId;
import dev.naru.bigquery.WarehouseReason;
import dev.naru.bigquery.WarehouseSession;
import dev.naru.runfile.Mounts;
import dev.naru.runfile.RunFile;
import dev.naru.runfile.RunFile.Mode;
import dev.naru.runfile.RunResult;
import dev.naru.runfile.RunResult.Outcome;
import dev.naru.runfile.Warehouse;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The recipes on an engine that was not written by us: whole runs into the local BigQuery. */
class RecipesIT {

  private static final String DATASET = "recipes_" + ProcessHandle.current().pid();

  private static final Layout UNPARTITIONED = new Layout(Optional.empty(), List.of());

  private static final Layout BY_DAY =
      new Layout(
          Optional.of(
              new RunFile.Partitioning("updated_at", RunFile.Granularity.DAY, Optional.empty())),
          List.of("id"));

  private static LocalWarehouse local;

  private final FakeSource.Table table = new FakeSource.Table();
  private Mode mode = Mode.INCREMENTAL;

  @BeforeAll
  static void start() throws Exception {
    local = LocalWarehouse.start();
  }

  @AfterAll
  static void stop() throws Exception {
    local.close();
  }

  @Test
  void fullThenIncrementalThenAgainThenWithAChangedFilter() throws Exception {
    for (var id = 1; id <= 25; id++) {
      table.put(id, id % 5 == 0 ? null : "car's \"" + id + "\" \\ é");
    }
    var first = run("cars", 1, Optional.empty());
    assertThat(first.outcome()).as(first.message()).isEqualTo(Outcome.PUBLISHED);
    assertThat(target("cars")).isEqualTo(source());

    table.put(3, "updated");
    table.put(40, null);
    var second = run("cars", 2, Optional.empty());
    assertThat(second.mode()).as(second.message()).contains(Mode.INCREMENTAL);
    assertThat(second.rows()).isEqualTo(2);
    assertThat(target("cars")).isEqualTo(source());

    assertThat(run("cars", 2, Optional.empty()).outcome()).isEqualTo(Outcome.ALREADY_PUBLISHED);

    table.rows.remove(5L);
    var third = run("cars", 3, Optional.of("id > 0"));
    assertThat(third.message()).contains("full load because spec.source.filter changed");
    assertThat(target("cars")).isEqualTo(source());
  }

  @Test
  void aFullRunOfAnEmptyTableEmptiesTheTarget() throws Exception {
    mode = Mode.FULL;
    table.put(1, "only");
    assertThat(run("empty", 1, Optional.empty()).outcome()).isEqualTo(Outcome.PUBLISHED);
    table.rows.clear();

    var result = run("empty", 2, Optional.empty());

    assertThat(result.outcome()).as(result.message()).isEqualTo(Outcome.PUBLISHED);
    assertThat(target("empty")).isEmpty();
  }

  @Test
  void aNullIsAKeyLikeAnyOtherAndTheNewestRowOfAKeyWins() {
    publish("keys", "k1", Optional.empty(), List.of("(1, NULL, 'first', 0)", "(3, 'c', 'c', 0)"));
    publish(
        "keys",
        "k2",
        Optional.of("k1"),
        List.of("(1, NULL, 'old', 1)", "(1, NULL, 'new', 2)", "(2, 'a', 'two', 1)"));

    assertThat(texts("keys")).containsExactly("1|NULL|new", "2|a|two", "3|c|c");
  }

  @Test
  void aGuardUndoesTheWholeTransaction() {
    publish("guarded", "g1", Optional.empty(), List.of("(1, 'a', 'first', 0)"));

    assertThatThrownBy(
            () -> publish("guarded", "g2", Optional.of("other"), List.of("(1, 'a', 'x', 1)")))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.reason()).isEqualTo(WarehouseReason.SUPERSEDED));
    assertThatThrownBy(
            () -> publish("guarded", "g1", Optional.of("g1"), List.of("(1, 'a', 'x', 2)")))
        .isInstanceOfSatisfying(
            Failure.class,
            e -> assertThat(e.reason()).isEqualTo(WarehouseReason.ALREADY_PUBLISHED));

    assertThat(texts("guarded")).containsExactly("1|a|first");
  }

  @Test
  void columnsAreAddedAndWidenedInPlace() {
    var id = new TableId("naru-local", DATASET, "wide");
    try (var session = session()) {
      session
          .tables()
          .createTarget(
              id,
              List.of(Column.required("id", ColumnType.INT64)),
              UNPARTITIONED,
              Owner.ingestionJob("rental", "wide"));

      var prepared =
          session
              .target(runFile("wide", UNPARTITIONED, Optional.empty()))
              .prepare(
                  DATASET,
                  List.of(
                      Column.required("id", ColumnType.NUMERIC),
                      Column.nullable("name", ColumnType.STRING)));

      assertThat(prepared.columns())
          .extracting(Column::type)
          .containsExactly(ColumnType.NUMERIC, ColumnType.STRING);
    }
  }

  /** Publishes rows of (id, zone, name, at) by the key (id, zone), which may be NULL. */
  private static void publish(
      String name, String runKey, Optional<String> base, List<String> rows) {
    var columns =
        List.of(
            Column.nullable("id", ColumnType.INT64),
            Column.nullable("zone", ColumnType.STRING),
            Column.nullable("name", ColumnType.STRING),
            Column.nullable("at", ColumnType.INT64));
    var owner = Owner.ingestionJob("rental", name);
    var target = new TableId("naru-local", DATASET, name);
    var key = DATASET + name + runKey + rows;
    var staging = new TableId("naru-local", "ops", "stg_" + Integer.toHexString(key.hashCode()));
    try (var session = session()) {
      var ledger = session.ledger(DATASET);
      ledger.create();
      session.tables().createTarget(target, columns, UNPARTITIONED, owner);
      session.tables().createStaging(staging, columns, owner, Instant.now().plusSeconds(600));
      var fill =
          "INSERT INTO %s (id, zone, name, at) VALUES %s"
              .formatted(staging.sql(), String.join(", ", rows));
      session.jobs().run(new JobStep(key, "fill"), session.query().statement(fill));
      var script =
          new PublishScript(
              target,
              staging,
              ledger.table(),
              columns,
              columns,
              Mode.INCREMENTAL,
              List.of("id", "zone"),
              Optional.of("at"),
              base,
              rows.size(),
              row(target, runKey));
      session.jobs().run(new JobStep(key, "publish"), session.query().statement(script.sql()));
    }
  }

  private static LedgerRow row(TableId target, String runKey) {
    return new LedgerRow(
        runKey,
        "s-1",
        target.toString(),
        "rental/x",
        Outcome.PUBLISHED,
        "Published",
        "it's \\ \"quoted\"\nand of two lines",
        "a=b",
        Optional.of(Mode.INCREMENTAL),
        Optional.empty(),
        1,
        1,
        Optional.empty(),
        Optional.of(Instant.now()),
        Optional.empty(),
        Instant.now(),
        "pod",
        Optional.empty());
  }

  private static List<String> texts(String name) {
    return select(
        "SELECT CONCAT(CAST(id AS STRING), '|', IFNULL(zone, 'NULL'), '|', name) AS r FROM `naru-local`.`%s`.`%s` ORDER BY id"
            .formatted(DATASET, name));
  }

  private static List<String> select(String sql) {
    try (var session = session()) {
      return session.query().rows("the target", sql).stream()
          .map(row -> row.text(0).orElseThrow())
          .toList();
    }
  }

  private RunResult run(String name, int minute, Optional<String> filter) throws Exception {
    var run = runFile(name, BY_DAY, filter);
    var job = name + "-" + (29_000_000 + minute);
    var self =
        RunIdentity.of(
            run, Map.of(Mounts.ENV_JOB_NAME, job, Mounts.ENV_POD_NAME, job + "-x"), Instant.now());
    try (var session = session()) {
      return new IngestionRun(run, self, session, () -> new FakeSource(table), Clock.systemUTC())
          .execute();
    }
  }

  private RunFile runFile(String name, Layout layout, Optional<String> filter) {
    try (var ground = new Ground()) {
      ground.mode = mode;
      ground.filter = filter;
      var base = ground.runFile();
      return new RunFile(
          base.apiVersion(),
          new RunFile.JobRef("rental", name, "uid"),
          base.source(),
          base.table(),
          new RunFile.Destination(DATASET, name, layout.partitioning(), layout.clusterBy(), false),
          local.warehouse(),
          base.primaryKey(),
          base.load(),
          base.schemaPolicy(),
          base.parallelism(),
          base.timeout());
    }
  }

  private static WarehouseSession session() {
    Warehouse warehouse = local.warehouse();
    return WarehouseSession.open(
        warehouse, Map.of("naru_run", "it"), Patience.until(Instant.now().plusSeconds(120)));
  }

  private static List<String> target(String name) {
    return select(
        "SELECT CONCAT(CAST(id AS STRING), '|', IFNULL(name, 'NULL'), '|', CAST(UNIX_MICROS(updated_at) AS STRING)) AS r FROM `naru-local`.`%s`.`%s` ORDER BY id"
            .formatted(DATASET, name));
  }

  private List<String> source() {
    return table.rows.entrySet().stream()
        .map(
            row ->
                row.getKey()
                    + "|"
                    + (row.getValue().name() == null ? "NULL" : row.getValue().name())
                    + "|"
                    + java.time.temporal.ChronoUnit.MICROS.between(
                        Instant.EPOCH, row.getValue().updatedAt()))
        .toList();
  }
}
