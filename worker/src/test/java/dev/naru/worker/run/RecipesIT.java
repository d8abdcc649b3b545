package dev.naru.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.bigquery.Patience;
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

  private RunResult run(String name, int minute, Optional<String> filter) throws Exception {
    try (var ground = new Ground()) {
      ground.mode = mode;
      ground.filter = filter;
      var base = ground.runFile();
      var run =
          new RunFile(
              base.apiVersion(),
              new RunFile.JobRef("rental", name, "uid"),
              base.source(),
              base.table(),
              new RunFile.Destination(
                  DATASET,
                  name,
                  Optional.of(
                      new RunFile.Partitioning(
                          "updated_at", RunFile.Granularity.DAY, Optional.empty())),
                  List.of("id"),
                  false),
              local.warehouse(),
              base.primaryKey(),
              base.load(),
              base.schemaPolicy(),
              base.parallelism(),
              base.timeout());
      var job = name + "-" + (29_000_000 + minute);
      var self =
          RunIdentity.of(
              run,
              Map.of(Mounts.ENV_JOB_NAME, job, Mounts.ENV_POD_NAME, job + "-x"),
              Instant.now());
      try (var session = session()) {
        return new IngestionRun(run, self, session, () -> new FakeSource(table), Clock.systemUTC())
            .execute();
      }
    }
  }

  private static WarehouseSession session() {
    Warehouse warehouse = local.warehouse();
    return WarehouseSession.open(
        warehouse, Map.of("naru_run", "it"), Patience.until(Instant.now().plusSeconds(120)));
  }

  private static List<String> target(String name) {
    try (var session = session()) {
      return session
          .query()
          .rows(
              "the target",
              "SELECT CONCAT(CAST(id AS STRING), '|', IFNULL(name, 'NULL'), '|', CAST(UNIX_MICROS(updated_at) AS STRING)) AS r FROM `%s`.`%s`.`%s` ORDER BY id"
                  .formatted(local.warehouse().project(), DATASET, name))
          .stream()
          .map(row -> row.text(0).orElseThrow())
          .toList();
    }
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
