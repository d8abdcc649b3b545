package dev.naru.worker.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.runfile.Database.Engine;
import dev.naru.worker.server.TestRun;
import dev.naru.worker.server.TestServer;
import java.io.IOException;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class ProbeIT {

  private static Probe probe(TestRun run) {
    return Probe.of(run.source(), run::credentials);
  }

  @Test
  void aReachablePostgresqlTellsVersionRoleAndWhatIsMissing() {
    var server = TestServer.postgresql();
    server.execute("postgres", "CREATE ROLE plain LOGIN PASSWORD 'plain-local'");
    var run =
        TestRun.of(server, Engine.POSTGRESQL, "postgres", "public", "t")
            .withLogin("plain", "plain-local")
            .withParallelism(1, 100_000);

    var probe = probe(run);

    assertThat(probe.exitCode()).isZero();
    assertThat(probe.result().reason()).isEqualTo("Reachable");
    assertThat(probe.result().serverVersion())
        .hasValueSatisfying(v -> assertThat(v).matches("PostgreSQL [\\d.]+"));
    assertThat(probe.result().role()).contains("Primary");
    assertThat(probe.result().warnings())
        .anyMatch(w -> w.contains("GRANT pg_read_all_stats TO \"plain\";"))
        .anyMatch(w -> w.contains("maxConnections is 100000"));
  }

  @Test
  void aReachableMariaDbTellsVersionAndRole() {
    var server = TestServer.mariaDb();
    var run =
        TestRun.of(server, Engine.MYSQL, "mysql", "mysql", "t")
            .withLogin(server.superuser().username(), server.superuser().password());

    var probe = probe(run);

    assertThat(probe.exitCode()).isZero();
    assertThat(probe.result().serverVersion())
        .hasValueSatisfying(v -> assertThat(v).matches("MariaDB [\\d.]+"));
    assertThat(probe.result().role()).contains("Primary");
  }

  @Test
  void aWrongPasswordNeedsAPersonAndAClosedPortDoesNot() throws IOException {
    var server = TestServer.postgresql();
    var run = TestRun.of(server, Engine.POSTGRESQL, "postgres", "public", "t");
    var wrong = probe(run.withLogin("postgres", "wrong"));
    assertThat(wrong.exitCode()).isEqualTo(10);
    assertThat(wrong.result().reachable()).isFalse();
    assertThat(wrong.result().reason()).isEqualTo("AuthenticationFailed");
    int closed;
    try (var socket = new ServerSocket(0)) {
      closed = socket.getLocalPort();
    }
    var refused = probe(run.withAddress("127.0.0.1", closed));
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.result().reason()).isEqualTo("ConnectionRefused");
  }
}
