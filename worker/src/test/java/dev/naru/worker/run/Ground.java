package dev.naru.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.bigquery.FakeWarehouse;
import dev.naru.bigquery.fake.FakeBigQuery;
import dev.naru.runfile.Database;
import dev.naru.runfile.Mounts;
import dev.naru.runfile.RunFile;
import dev.naru.runfile.RunResult;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A source table, a fake warehouse, and runs between them. */
final class Ground implements AutoCloseable {

  static final String TARGET = "naru-local.raw.cars";
  static final String LEDGER = "naru-local.ops.runs_raw";

  final FakeBigQuery fake = FakeBigQuery.start(FakeWarehouse.LATENESS);
  final FakeSource.Table table = new FakeSource.Table();
  RunFile.Mode mode = RunFile.Mode.FULL;
  Optional<String> filter = Optional.empty();
  RunFile.NewColumns newColumns = RunFile.NewColumns.ADD;
  boolean adopt;
  private int pods;

  Ground() {
    for (var id = 1; id <= 25; id++) {
      table.put(id, "car " + id);
    }
  }

  RunFile runFile() {
    return new RunFile(
        RunFile.API_VERSION,
        new RunFile.JobRef("rental", "cars", "uid"),
        new Database(
            "rental-db",
            Database.Engine.POSTGRESQL,
            "db",
            5432,
            "rental",
            new Database.Tls(Database.TlsMode.DISABLE, false, Optional.empty()),
            4,
            List.of()),
        new RunFile.SourceTable("rental", "cars", List.of(), List.of(), filter),
        new RunFile.Destination("raw", "cars", Optional.empty(), List.of(), adopt),
        FakeWarehouse.of(fake),
        List.of("id"),
        new RunFile.Load(
            mode,
            mode == RunFile.Mode.FULL
                ? Optional.empty()
                : Optional.of(new RunFile.Cursor("updated_at", Duration.ZERO))),
        new RunFile.SchemaPolicy(newColumns),
        2,
        Duration.ofMinutes(1));
  }

  /** One pod of the run that the schedule asked for at some minute. */
  RunResult run(int minute) {
    return run("cars-" + (29_000_000 + minute), "", "");
  }

  RunResult run(String job, String request, String token) {
    return run(job, request, token, Duration.ofSeconds(5));
  }

  RunResult run(String job, String request, String token, Duration unanswered) {
    var environment = new HashMap<String, String>();
    environment.put(Mounts.ENV_JOB_NAME, job);
    environment.put(Mounts.ENV_JOB_UID, "5d1c3f6e-0000");
    environment.put(Mounts.ENV_POD_NAME, job + "-pod" + ++pods);
    environment.put(Mounts.ENV_REQUEST, request);
    environment.put(Mounts.ENV_REQUEST_TOKEN, token);
    var run = runFile();
    var self = RunIdentity.of(run, environment, Instant.now());
    try (var warehouse = FakeWarehouse.open(fake, run.warehouse(), unanswered)) {
      return new IngestionRun(run, self, warehouse, () -> new FakeSource(table), Clock.systemUTC())
          .execute();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  void assertTargetEqualsSource() {
    var target = new HashMap<Object, Object>();
    var rows = fake.rows(TARGET).orElseThrow();
    rows.forEach(
        row ->
            target.put(
                row.get("id"),
                new FakeSource.Row((String) row.get("name"), (Instant) row.get("updated_at"))));
    assertThat(target).isEqualTo(table.rows);
    assertThat(rows).as("nothing doubled").hasSize(table.rows.size());
  }

  /** Ledger rows of an outcome. */
  List<Map<String, Object>> ledger(String outcome) {
    return fake.rows(LEDGER).orElse(List.of()).stream()
        .filter(row -> row.get("outcome").equals(outcome))
        .toList();
  }

  @Override
  public void close() {
    fake.close();
  }
}
