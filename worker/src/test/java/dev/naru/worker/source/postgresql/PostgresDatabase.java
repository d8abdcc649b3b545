package dev.naru.worker.source.postgresql;

import dev.naru.runfile.Database.Engine;
import dev.naru.worker.server.MemorySink;
import dev.naru.worker.server.TestRun;
import dev.naru.worker.server.TestServer;
import dev.naru.worker.source.ReadPlan;
import dev.naru.worker.source.ReadRequest;
import java.util.List;

/** A database of its own for one test class, with a reader that may read its public schema. */
final class PostgresDatabase {

  private final TestServer server;
  private final String name;

  private PostgresDatabase(TestServer server, String name) {
    this.server = server;
    this.name = name;
  }

  static PostgresDatabase create(TestServer server, String name) {
    server.execute("postgres", "CREATE DATABASE " + name, role("naru_reader"));
    var database = new PostgresDatabase(server, name);
    database.execute(
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO naru_reader");
    return database;
  }

  /** A statement that makes a login role, if there is none yet. */
  static String role(String role) {
    return "DO $$ BEGIN CREATE ROLE %s LOGIN PASSWORD '%s'; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
        .formatted(role, TestRun.PASSWORD);
  }

  TestServer server() {
    return server;
  }

  void execute(String... statements) {
    server.execute(name, statements);
  }

  java.sql.Connection connect() {
    return server.connect(name);
  }

  TestRun run(String table) {
    return TestRun.of(server, Engine.POSTGRESQL, name, "public", table);
  }

  static PostgresSource source(TestRun run) {
    return new PostgresSource(
        run.file(), new PgConnector(run.source(), run.credentials(), "test/job"));
  }

  /** One whole read. */
  static Read read(TestRun run, ReadRequest request) throws InterruptedException {
    try (var source = source(run)) {
      source.inspect();
      var plan = source.plan(request);
      var sink = new MemorySink();
      source.read(plan, plan.chunks(), sink);
      return new Read(plan, sink, source.count(plan));
    }
  }

  /** What a read was planned as and what arrived. */
  record Read(ReadPlan plan, MemorySink sink, long count) {

    List<Object> ids() {
      return sink.values("id").stream().sorted().toList();
    }
  }
}
