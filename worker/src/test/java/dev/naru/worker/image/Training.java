package dev.naru.worker.image;

import dev.naru.bigquery.FakeWarehouse;
import dev.naru.bigquery.fake.FakeBigQuery;
import dev.naru.runfile.Database;
import dev.naru.runfile.Database.Engine;
import dev.naru.runfile.Database.TlsMode;
import dev.naru.runfile.Documents;
import dev.naru.runfile.Mounts;
import dev.naru.runfile.RunFile;
import dev.naru.worker.server.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Lets the image's worker run once from each engine into a warehouse that is not there, so that its
 * AOT cache knows what a run needs. Called by {@code e2e/images/train}.
 */
public final class Training {

  private static final int ROWS = 2_000;

  private static final String TABLE =
      "CREATE TABLE cars (id bigint PRIMARY KEY, plate varchar(20), seats int, fee numeric(12, 2),"
          + " weight double precision, active boolean, bought date, updated_at timestamp NOT NULL)";

  private static final String FILL =
      "INSERT INTO cars SELECT n, concat('12 가 ', n), n %% 9, n / 7.0, n / 3.0, n %% 2 = 0,"
          + " DATE '2026-01-02', TIMESTAMP '2026-01-02 03:04:05' FROM %s";

  private static final String INDEX = "CREATE INDEX updated ON cars (updated_at)";

  private Training() {}

  /**
   * Trains.
   *
   * @param command the worker's whole command, but for what it is to do
   */
  public static void main(String[] command) throws IOException, InterruptedException {
    var folder = Files.createTempDirectory("naru-training-");
    try (var bigQuery = FakeBigQuery.start()) {
      var postgresql = postgresql(folder);
      var mariaDb = mariaDb();
      var arguments = new ArrayList<>(List.of(command));
      arguments.add("run");
      arguments.add(mounted(folder, bigQuery, postgresql, Engine.POSTGRESQL));
      arguments.add(mounted(folder, bigQuery, mariaDb, Engine.MYSQL));
      var worker = new ProcessBuilder(arguments).inheritIO();
      worker.environment().put(Mounts.ENV_JOB_NAME, "training-29000000");
      worker
          .environment()
          .put(Mounts.ENV_TERMINATION_LOG, folder.resolve("termination-log").toString());
      var exit = worker.start().waitFor();
      for (var target : List.of("postgresql", "mysql")) {
        var rows = bigQuery.rows("naru-local.raw." + target).map(List::size).orElse(0);
        if (exit != 0 || rows != ROWS) {
          throw new IllegalStateException(
              "the worker ended with %d, and of %s came %d rows".formatted(exit, target, rows));
        }
      }
    } finally {
      remove(folder);
    }
  }

  private static TestServer postgresql(Path folder) throws IOException, InterruptedException {
    var server = TestServer.postgresql();
    encrypt(server, folder);
    server.execute(
        "postgres",
        TABLE,
        FILL.formatted("generate_series(1, %d) AS s(n)".formatted(ROWS)),
        INDEX,
        "ANALYZE cars");
    return server;
  }

  private static TestServer mariaDb() {
    var server = TestServer.mariaDb();
    server.execute("mysql", "CREATE DATABASE training", "USE training");
    server.execute(
        "training",
        TABLE,
        FILL.formatted("(SELECT seq AS n FROM seq_1_to_%d) AS s".formatted(ROWS)),
        INDEX,
        "ANALYZE TABLE cars");
    return server;
  }

  /** What TLS needs is much of what a start loads, and Google's endpoints are reached by it too. */
  private static void encrypt(TestServer server, Path folder)
      throws IOException, InterruptedException {
    var data = server.folder().resolve("data");
    var made =
        new ProcessBuilder(
                "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=training -keyout server.key -out server.crt"
                    .split(" "))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("openssl.log").toFile())
            .start()
            .waitFor();
    if (made != 0) {
      throw new IllegalStateException(Files.readString(folder.resolve("openssl.log")));
    }
    for (var file : List.of("server.crt", "server.key")) {
      var copy = Files.copy(folder.resolve(file), data.resolve(file));
      Files.setAttribute(copy, "unix:uid", Files.getAttribute(data, "unix:uid"));
      Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-------"));
    }
    server.execute("postgres", "ALTER SYSTEM SET ssl = on", "SELECT pg_reload_conf()");
  }

  private static String mounted(
      Path folder, FakeBigQuery bigQuery, TestServer server, Engine engine) throws IOException {
    var name = engine.name().toLowerCase(java.util.Locale.ROOT);
    var mounted = Files.createDirectory(folder.resolve(name));
    Files.writeString(
        mounted.resolve("run.json"), Documents.write(run(bigQuery, server, engine, name)));
    Files.writeString(mounted.resolve("username"), server.superuser().username());
    Files.writeString(mounted.resolve("password"), server.superuser().password());
    return mounted.toString();
  }

  private static RunFile run(FakeBigQuery bigQuery, TestServer server, Engine engine, String name) {
    var postgresql = engine == Engine.POSTGRESQL;
    var tls =
        new Database.Tls(postgresql ? TlsMode.REQUIRE : TlsMode.DISABLE, false, Optional.empty());
    return new RunFile(
        RunFile.API_VERSION,
        new RunFile.JobRef("rental", "training", "uid"),
        new Database(
            name,
            engine,
            server.host(),
            server.port(),
            postgresql ? "postgres" : "training",
            tls,
            4,
            List.of()),
        new RunFile.SourceTable(
            postgresql ? "public" : "training", "cars", List.of(), List.of(), Optional.empty()),
        new RunFile.Destination("raw", name, Optional.empty(), List.of(), false),
        FakeWarehouse.of(bigQuery),
        List.of("id"),
        postgresql
            ? new RunFile.Load(
                RunFile.Mode.INCREMENTAL,
                Optional.of(new RunFile.Cursor("updated_at", Duration.ZERO)))
            : new RunFile.Load(RunFile.Mode.FULL, Optional.empty()),
        new RunFile.SchemaPolicy(RunFile.NewColumns.ADD),
        2,
        Duration.ofMinutes(1));
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (var file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
