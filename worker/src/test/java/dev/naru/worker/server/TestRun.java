package dev.naru.worker.server;

import dev.naru.runfile.Database;
import dev.naru.runfile.Database.Engine;
import dev.naru.runfile.RunFile;
import dev.naru.worker.source.Credentials;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A run of one table on a test server; what a test does not care about has a plain value.
 *
 * @param slots connection budget
 */
public record TestRun(
    Engine engine,
    String host,
    int port,
    String database,
    String user,
    String password,
    Database.Tls tls,
    String schema,
    String table,
    List<String> include,
    List<String> exclude,
    Optional<String> filter,
    List<String> primaryKey,
    Optional<RunFile.Cursor> cursor,
    int parallelism,
    int slots,
    List<String> allowed,
    List<String> clusterBy) {

  public static final String PASSWORD = "reader-local";

  /** A full run as {@code naru_reader}. */
  public static TestRun of(
      TestServer server, Engine engine, String database, String schema, String table) {
    return new TestRun(
        engine,
        server.host(),
        server.port(),
        database,
        "naru_reader",
        PASSWORD,
        new Database.Tls(Database.TlsMode.DISABLE, false, Optional.empty()),
        schema,
        table,
        List.of(),
        List.of(),
        Optional.empty(),
        List.of(),
        Optional.empty(),
        1,
        8,
        List.of(),
        List.of());
  }

  public TestRun withTable(String other) {
    return new TestRun(
        engine,
        host,
        port,
        database,
        user,
        password,
        tls,
        schema,
        other,
        include,
        exclude,
        filter,
        primaryKey,
        cursor,
        parallelism,
        slots,
        allowed,
        clusterBy);
  }

  public TestRun withSchema(String other) {
    return new TestRun(
        engine,
        host,
        port,
        database,
        user,
        password,
        tls,
        other,
        table,
        include,
        exclude,
        filter,
        primaryKey,
        cursor,
        parallelism,
        slots,
        allowed,
        clusterBy);
  }

  public TestRun withLogin(String otherUser, String otherPassword) {
    return new TestRun(
        engine,
        host,
        port,
        database,
        otherUser,
        otherPassword,
        tls,
        schema,
        table,
        include,
        exclude,
        filter,
        primaryKey,
        cursor,
        parallelism,
        slots,
        allowed,
        clusterBy);
  }

  public TestRun withAddress(String otherHost, int otherPort) {
    return new TestRun(
        engine,
        otherHost,
        otherPort,
        database,
        user,
        password,
        tls,
        schema,
        table,
        include,
        exclude,
        filter,
        primaryKey,
        cursor,
        parallelism,
        slots,
        allowed,
        clusterBy);
  }

  public TestRun withDatabase(String other) {
    return new TestRun(
        engine,
        host,
        port,
        other,
        user,
        password,
        tls,
        schema,
        table,
        include,
        exclude,
        filter,
        primaryKey,
        cursor,
        parallelism,
        slots,
        allowed,
        clusterBy);
  }

  public TestRun withTls(Database.TlsMode mode, boolean ca, Optional<String> serverName) {
    return new TestRun(
        engine,
        host,
        port,
        database,
        user,
        password,
        new Database.Tls(mode, ca, serverName),
        schema,
        table,
        include,
        exclude,
        filter,
        primaryKey,
        cursor,
        parallelism,
        slots,
        allowed,
        clusterBy);
  }

  public TestRun withColumns(List<String> included, List<String> excluded) {
    return new TestRun(
        engine,
        host,
        port,
        database,
        user,
        password,
        tls,
        schema,
        table,
        included,
        excluded,
        filter,
        primaryKey,
        cursor,
        parallelism,
        slots,
        allowed,
        clusterBy);
  }

  public TestRun withFilter(String text) {
    return new TestRun(
        engine,
        host,
        port,
        database,
        user,
        password,
        tls,
        schema,
        table,
        include,
        exclude,
        Optional.of(text),
        primaryKey,
        cursor,
        parallelism,
        slots,
        allowed,
        clusterBy);
  }

  public TestRun withKey(String... key) {
    return new TestRun(
        engine,
        host,
        port,
        database,
        user,
        password,
        tls,
        schema,
        table,
        include,
        exclude,
        filter,
        List.of(key),
        cursor,
        parallelism,
        slots,
        allowed,
        clusterBy);
  }

  public TestRun withCursor(String column, Duration lookback) {
    return new TestRun(
        engine,
        host,
        port,
        database,
        user,
        password,
        tls,
        schema,
        table,
        include,
        exclude,
        filter,
        primaryKey,
        Optional.of(new RunFile.Cursor(column, lookback)),
        parallelism,
        slots,
        allowed,
        clusterBy);
  }

  public TestRun withParallelism(int sessions, int budget) {
    return new TestRun(
        engine,
        host,
        port,
        database,
        user,
        password,
        tls,
        schema,
        table,
        include,
        exclude,
        filter,
        primaryKey,
        cursor,
        sessions,
        budget,
        allowed,
        clusterBy);
  }

  public TestRun withAllowed(String... schemas) {
    return new TestRun(
        engine,
        host,
        port,
        database,
        user,
        password,
        tls,
        schema,
        table,
        include,
        exclude,
        filter,
        primaryKey,
        cursor,
        parallelism,
        slots,
        List.of(schemas),
        clusterBy);
  }

  public TestRun withClusterBy(String... columns) {
    return new TestRun(
        engine,
        host,
        port,
        database,
        user,
        password,
        tls,
        schema,
        table,
        include,
        exclude,
        filter,
        primaryKey,
        cursor,
        parallelism,
        slots,
        allowed,
        List.of(columns));
  }

  public Credentials credentials() {
    return new Credentials(user, password);
  }

  public Database source() {
    return new Database("test-db", engine, host, port, database, tls, slots, allowed);
  }

  public RunFile file() {
    var mode = cursor.isPresent() ? RunFile.Mode.INCREMENTAL : RunFile.Mode.FULL;
    return new RunFile(
        RunFile.API_VERSION,
        new RunFile.JobRef("test", "job", "uid"),
        source(),
        new RunFile.SourceTable(schema, table, include, exclude, filter),
        new RunFile.Destination("raw", table, Optional.empty(), clusterBy, false),
        new dev.naru.runfile.Warehouse(
            "p",
            "p",
            "US",
            "gs://b",
            "ops",
            Optional.empty(),
            Optional.empty(),
            Map.of(),
            Optional.empty()),
        primaryKey,
        new RunFile.Load(mode, cursor),
        new RunFile.SchemaPolicy(RunFile.NewColumns.ADD),
        parallelism,
        Duration.ofHours(1));
  }
}
