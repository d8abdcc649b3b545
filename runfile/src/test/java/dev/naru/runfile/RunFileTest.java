package dev.naru.runfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RunFileTest {

  private static RunFile run(Optional<String> filter, Duration lookback) {
    return new RunFile(
        RunFile.API_VERSION,
        new RunFile.JobRef("rental", "reservations", "uid-1"),
        new Database(
            "rental-db",
            Database.Engine.POSTGRESQL,
            "rental-db.prod.internal",
            5432,
            "rental",
            new Database.Tls(Database.TlsMode.VERIFY_FULL, true, Optional.empty()),
            4,
            List.of("rental")),
        new RunFile.SourceTable("rental", "reservations", List.of(), List.of("memo"), filter),
        new RunFile.Destination(
            "raw_rental",
            "reservations",
            Optional.of(
                new RunFile.Partitioning("created_at", RunFile.Granularity.DAY, Optional.of(400))),
            List.of("car_id"),
            false),
        new Warehouse(
            "data",
            "jobs",
            "asia-northeast3",
            "gs://naru-staging",
            "naru_ops",
            Optional.of("marts@data.iam.gserviceaccount.com"),
            Optional.of(1L << 40),
            Map.of("b", "2", "a", "1"),
            Optional.empty()),
        List.of("id"),
        new RunFile.Load(
            RunFile.Mode.INCREMENTAL, Optional.of(new RunFile.Cursor("updated_at", lookback))),
        new RunFile.SchemaPolicy(RunFile.NewColumns.REPORT),
        4,
        Duration.ofHours(4));
  }

  @Test
  void whatIsWrittenIsReadBackEqual() {
    var run = run(Optional.of("status <> 'DRAFT'"), Duration.ofMinutes(15));
    assertThat(Documents.read(Documents.write(run), RunFile.class)).isEqualTo(run);
  }

  @Test
  void writtenFormIsReadableByPeople() {
    assertThat(Documents.write(run(Optional.empty(), Duration.ofMinutes(15))))
        .contains("\"mode\":\"Incremental\"", "\"lookback\":\"PT15M\"", "\"engine\":\"PostgreSQL\"")
        .doesNotContain("filter");
  }

  @Test
  void aNewerDocumentWithUnknownFieldsIsRead() {
    var json = Documents.write(run(Optional.empty(), Duration.ZERO));
    var newer = json.replaceFirst("\\{", "{\"shards\":4,");
    assertThat(Documents.read(newer, RunFile.class)).isEqualTo(Documents.read(json, RunFile.class));
  }

  @Test
  void badJsonSaysWhere() {
    assertThatThrownBy(() -> Documents.read("{\n  \"parallelism\": x}", RunFile.class))
        .hasMessageContaining("RunFile (line 2, column");
  }

  @Test
  void aChangedFilterChangesTheFingerprintAndIsNamed() {
    var before = Fingerprint.of(run(Optional.empty(), Duration.ZERO));
    var after = Fingerprint.of(run(Optional.of("id > 3"), Duration.ZERO));
    assertThat(after.changedSince(before)).containsExactly("spec.source.filter");
    assertThat(Fingerprint.parse(after.toString())).isEqualTo(after);
  }

  @Test
  void aChangedLookbackDoesNotForceAFullLoad() {
    assertThat(Fingerprint.of(run(Optional.empty(), Duration.ZERO)))
        .isEqualTo(Fingerprint.of(run(Optional.empty(), Duration.ofHours(1))));
  }

  @Test
  void runIdComesFromTheJobAlone() {
    var scheduled = RunId.of("reservations", "reservations-29400120", "0a1b2c3d-x", "");
    assertThat(scheduled.value()).isEqualTo("s-29400120");
    assertThat(scheduled.scheduledTime()).contains(Instant.ofEpochSecond(29400120L * 60));
    assertThat(RunId.of("reservations", "reservations-m-1", "0a1b2c3d-x", "token").value())
        .isEqualTo("m-" + RunId.hash8("token"));
    assertThat(RunId.of("reservations", "by-hand", "0a1b2c3d-x", "").value())
        .isEqualTo("j-0a1b2c3d-by-hand");
    assertThat(RunId.of("res", "res-2024-29400120", "0a1b2c3d-x", "").value())
        .as("the Job of another resource whose name starts the same")
        .isEqualTo("j-0a1b2c3d-res-2024-29400120");
  }

  @Test
  void theKeyIsStableAndTellsRunsApart() {
    var run = run(Optional.empty(), Duration.ZERO);
    var one = RunId.of("reservations", "reservations-29400120", "u", "");
    var two = RunId.of("reservations", "reservations-29400121", "u", "");
    assertThat(one.key(run)).hasSize(32).isEqualTo(one.key(run)).isNotEqualTo(two.key(run));
  }
}
