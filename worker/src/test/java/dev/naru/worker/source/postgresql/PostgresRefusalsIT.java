package dev.naru.worker.source.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.bigquery.Failure;
import dev.naru.bigquery.RetryableFailure;
import dev.naru.worker.server.TestRun;
import dev.naru.worker.server.TestServer;
import dev.naru.worker.source.ReadRequest;
import dev.naru.worker.source.SourceReason;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a person is told when something is wrong. */
class PostgresRefusalsIT {

  private static PostgresDatabase database;

  @BeforeAll
  static void start() {
    database = PostgresDatabase.create(TestServer.postgresql(), "refusals");
    database.execute(
        "CREATE TABLE reservations (id int PRIMARY KEY, status text, secret text, updated_at timestamptz)",
        "CREATE TABLE members (id int PRIMARY KEY)",
        "REVOKE ALL ON members FROM naru_reader",
        "CREATE SCHEMA hidden",
        "CREATE TABLE hidden.things (id int)",
        "CREATE TABLE clash (id int, \"ID\" int)",
        "CREATE TABLE odd (\"total €\" int)",
        "CREATE TABLE reserved (_partition_x int)");
  }

  private static Failure refusal(TestRun run) {
    return catchThrowableOfType(
        Failure.class, () -> PostgresDatabase.read(run, ReadRequest.full()));
  }

  private static void assertRefused(TestRun run, SourceReason reason, String... parts) {
    var failure = refusal(run);
    assertThat(failure).isInstanceOf(ActionNeededFailure.class).hasMessageContainingAll(parts);
    assertThat(failure.reason()).isEqualTo(reason);
  }

  private static void assertRetried(TestRun run, SourceReason reason, String... parts) {
    var failure = refusal(run);
    assertThat(failure).isInstanceOf(RetryableFailure.class).hasMessageContainingAll(parts);
    assertThat(failure.reason()).isEqualTo(reason);
  }

  @Test
  void wrongPasswordAndUser() {
    var run = database.run("reservations");
    assertRefused(
        run.withLogin("naru_reader", "wrong-secret"),
        SourceReason.AUTHENTICATION_FAILED,
        "refuses the user 'naru_reader'",
        "authSecretRef",
        "test-db");
    assertThat(refusal(run.withLogin("naru_reader", "wrong-secret")).getMessage())
        .doesNotContain("wrong-secret");
    assertRefused(run.withDatabase("nothing"), SourceReason.DATABASE_UNKNOWN, "'nothing'");
  }

  @Test
  void unreachableHosts() throws IOException {
    var run = database.run("reservations");
    assertRetried(
        run.withAddress("no-such-host.invalid", 5432),
        SourceReason.HOST_UNKNOWN,
        "no-such-host.invalid");
    int closed;
    try (var socket = new ServerSocket(0)) {
      closed = socket.getLocalPort();
    }
    assertRetried(
        run.withAddress("127.0.0.1", closed),
        SourceReason.CONNECTION_REFUSED,
        "127.0.0.1:" + closed);
  }

  @Test
  void aServerThatAcceptsAndNeverAnswers() throws IOException {
    try (var silent = new ServerSocket(0)) {
      assertRetried(
          database.run("reservations").withAddress("127.0.0.1", silent.getLocalPort()),
          SourceReason.CONNECT_TIMEOUT,
          "did not answer");
    }
  }

  @Test
  void missingNamesComeWithTheNearestOne() {
    assertRefused(
        database.run("reservation"),
        SourceReason.SOURCE_TABLE_NOT_FOUND,
        "did you mean 'reservations'?");
    assertRefused(
        database.run("reservations").withSchema("publik"),
        SourceReason.SCHEMA_NOT_FOUND,
        "did you mean 'public'?");
    assertRefused(
        database.run("reservations").withKey("idd"),
        SourceReason.COLUMN_NOT_FOUND,
        "spec.primaryKey",
        "did you mean 'id'?");
    assertRefused(
        database.run("reservations").withClusterBy("stats"),
        SourceReason.COLUMN_NOT_FOUND,
        "spec.destination.clusterBy",
        "did you mean 'status'?");
    assertRefused(
        database.run("reservations").withCursor("update_at", Duration.ZERO),
        SourceReason.COLUMN_NOT_FOUND,
        "spec.load.incremental.cursor.column",
        "did you mean 'updated_at'?");
    assertRefused(
        database.run("reservations").withColumns(List.of(), List.of("secrets")),
        SourceReason.COLUMN_NOT_FOUND,
        "spec.source.columns.exclude",
        "did you mean 'secret'?");
    assertRefused(
        database.run("reservations").withKey("id").withColumns(List.of(), List.of("id")),
        SourceReason.COLUMN_NOT_FOUND,
        "left out by spec.source.columns");
  }

  @Test
  void missingRightsComeWithTheGrant() {
    assertRefused(
        database.run("members"),
        SourceReason.SOURCE_ACCESS_DENIED,
        "GRANT SELECT ON \"public\".\"members\" TO \"naru_reader\";");
    assertRefused(
        database.run("things").withSchema("hidden"),
        SourceReason.SOURCE_ACCESS_DENIED,
        "GRANT USAGE ON SCHEMA \"hidden\" TO \"naru_reader\";");
    database.execute(
        "CREATE TABLE partly (id int, secret text)",
        "REVOKE ALL ON partly FROM naru_reader",
        "GRANT SELECT (id) ON partly TO naru_reader");
    assertRefused(
        database.run("partly"),
        SourceReason.SOURCE_ACCESS_DENIED,
        "GRANT SELECT (\"secret\") ON \"public\".\"partly\"");
    assertThat(refusal(database.run("partly").withColumns(List.of("id"), List.of()))).isNull();
  }

  @Test
  void schemasThatAreNotAllowed() {
    assertRefused(
        database.run("reservations").withAllowed("rental", "billing"),
        SourceReason.SCHEMA_NOT_ALLOWED,
        "'public'",
        "rental, billing");
  }

  @Test
  void columnNamesThatBigQueryCannotHave() {
    assertRefused(database.run("clash"), SourceReason.COLUMN_NAME_UNSUPPORTED, "'ID'", "'id'");
    assertRefused(
        database.run("odd"), SourceReason.COLUMN_NAME_UNSUPPORTED, "total €", "columns.exclude");
    assertRefused(database.run("reserved"), SourceReason.COLUMN_NAME_UNSUPPORTED, "_PARTITION");
  }

  @Test
  void cursorsWithoutAnOrder() {
    assertRefused(
        database.run("reservations").withKey("id").withCursor("status", Duration.ZERO),
        SourceReason.CURSOR_UNSUPPORTED,
        "timestamptz");
  }

  @Test
  void filtersThatTheServerDoesNotUnderstandAreRefusedWithThePlace() {
    assertRefused(
        database.run("reservations").withFilter("id > 1 AND statu = 'x'"),
        SourceReason.FILTER_INVALID,
        "character 12",
        "statu");
    assertRefused(
        database.run("reservations").withFilter("id +"),
        SourceReason.FILTER_INVALID,
        "syntax error");
    assertRefused(
        database.run("reservations").withFilter("status"), SourceReason.FILTER_INVALID, "boolean");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1=1; DROP TABLE reservations",
        "1=1) OR (1=1",
        "1=1 --",
        "1=1 /* ",
        "(1=1",
        "status = 'x",
        "id IN (SELECT id FROM members)",
        "status = $$x$$",
        " "
      })
  void filtersThatTryToLeaveTheirParentheses(String filter) {
    assertRefused(
        database.run("reservations").withFilter(filter),
        SourceReason.FILTER_INVALID,
        "spec.source.filter, character");
  }

  @Test
  void aFilterCannotWrite() {
    database.execute(
        "CREATE SEQUENCE numbers",
        "GRANT USAGE ON SEQUENCE numbers TO naru_reader",
        "INSERT INTO reservations VALUES (1)");
    var failure = refusal(database.run("reservations").withFilter("nextval('numbers') > 0"));
    assertThat(failure).isNotNull().hasMessageContaining("read-only");
  }

  @Test
  void keysThatNothingKeepsUniqueAreWarnedOf() throws InterruptedException {
    try (var source = PostgresDatabase.source(database.run("reservations").withKey("status"))) {
      assertThat(source.inspect().warnings()).anyMatch(w -> w.contains("spec.primaryKey"));
    }
    try (var source = PostgresDatabase.source(database.run("reservations").withKey("id"))) {
      assertThat(source.inspect().warnings()).isEmpty();
    }
  }
}
