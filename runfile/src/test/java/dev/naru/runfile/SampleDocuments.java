package dev.naru.runfile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Documents with every field and every enum value, as this version writes them. {@code
 * charts/release} keeps those of a release, so that later versions are tested with them.
 */
final class SampleDocuments {

  /** A requested run, so that a run key needs no clock. */
  static final String TOKEN = "2026-01-01T00:00:00Z";

  private static final int RUN_FILES = 4;

  private SampleDocuments() {}

  /** The documents by file name; the part before the first dash tells what they are. */
  static Map<String, Object> all() {
    var documents = new TreeMap<String, Object>();
    for (var i = 0; i < RUN_FILES; i++) {
      documents.put("run-%d.json".formatted(i), run(i));
    }
    for (var outcome : RunResult.Outcome.values()) {
      documents.put("result-%s.json".formatted(outcome), result(outcome));
    }
    documents.put("probe-0.json", new ProbeFile(ProbeFile.API_VERSION, database(0)));
    documents.put("probed-0.json", probed(true, Optional.of("PostgreSQL 15.18")));
    documents.put("probed-1.json", probed(false, Optional.empty()));
    return documents;
  }

  /** What operator and worker derive from a run file: it must not change between versions. */
  static String identity(RunFile run) {
    return RunId.of(run.job().name(), "any", "uid", TOKEN).key(run) + " " + Fingerprint.of(run);
  }

  /** Writes them to a folder, with {@code identities.properties}. */
  public static void main(String[] arguments) throws IOException {
    var folder = Files.createDirectories(Path.of(arguments[0]));
    var identities = new ArrayList<String>();
    for (var document : all().entrySet()) {
      Files.writeString(
          folder.resolve(document.getKey()), Documents.write(document.getValue()) + "\n");
      if (document.getValue() instanceof RunFile run) {
        identities.add(document.getKey() + " = " + identity(run));
      }
    }
    Files.write(folder.resolve("identities.properties"), identities);
  }

  private static RunFile run(int number) {
    var rich = number % 2 == 0;
    return new RunFile(
        RunFile.API_VERSION,
        new RunFile.JobRef("rental", "reservations", "uid-" + number),
        database(number),
        new RunFile.SourceTable(
            "rental",
            "reservations",
            rich ? List.of() : List.of("id", "fee"),
            rich ? List.of("memo") : List.of(),
            rich ? Optional.of("status <> 'DRAFT'") : Optional.empty()),
        new RunFile.Destination(
            "raw_rental",
            "reservations",
            Optional.of(
                new RunFile.Partitioning(
                    "created_at",
                    cycle(RunFile.Granularity.values(), number),
                    rich ? Optional.of(400) : Optional.empty())),
            rich ? List.of("car_id") : List.of(),
            !rich),
        warehouse(rich),
        List.of("id"),
        new RunFile.Load(
            cycle(RunFile.Mode.values(), number),
            rich
                ? Optional.empty()
                : Optional.of(new RunFile.Cursor("updated_at", Duration.ofMinutes(15)))),
        new RunFile.SchemaPolicy(cycle(RunFile.NewColumns.values(), number)),
        1 + number,
        Duration.ofHours(4));
  }

  private static Database database(int number) {
    return new Database(
        "rental-db",
        cycle(Database.Engine.values(), number),
        "rental-db.prod.internal",
        5432,
        "rental",
        new Database.Tls(
            cycle(Database.TlsMode.values(), number), number % 2 == 0, Optional.of("db.internal")),
        4,
        List.of("rental"));
  }

  private static Warehouse warehouse(boolean remote) {
    return new Warehouse(
        "socar-data",
        "socar-jobs",
        "asia-northeast3",
        "gs://naru-staging/raw",
        "naru_ops",
        remote ? Optional.of("marts@socar-data.iam.gserviceaccount.com") : Optional.empty(),
        Optional.of(1L << 40),
        Map.of("cost-center", "mobility"),
        remote
            ? Optional.empty()
            : Optional.of(
                new Warehouse.LocalEndpoints("http://bigquery.local", "http://storage.local")));
  }

  private static RunResult result(RunResult.Outcome outcome) {
    return new RunResult(
        RunResult.API_VERSION,
        "m-0a1b2c3d",
        "0123456789abcdef0123456789abcdef",
        Fingerprint.of(run(0)).toString(),
        outcome,
        "Published",
        "12 rows read, 12 rows in raw_rental.reservations",
        Optional.of(RunFile.Mode.FULL),
        Optional.of("spec.source.filter has changed"),
        12,
        3456,
        Optional.of(Instant.parse("2026-01-01T00:00:00.123456Z")),
        Instant.parse("2026-01-01T00:00:01Z"),
        Instant.parse("2026-01-01T00:00:02.5Z"));
  }

  private static ProbeResult probed(boolean reachable, Optional<String> version) {
    return new ProbeResult(
        ProbeResult.API_VERSION,
        reachable,
        reachable ? "Reachable" : "AuthenticationFailed",
        "as user naru_reader",
        version,
        version.map(it -> "Primary"),
        List.of("grant pg_monitor"));
  }

  private static <T> T cycle(T[] values, int number) {
    return values[number % values.length];
  }
}
