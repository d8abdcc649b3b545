package dev.naru.worker.source.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.runfile.Database.Engine;
import dev.naru.runfile.Database.TlsMode;
import dev.naru.worker.server.TestRun;
import dev.naru.worker.server.TestServer;
import dev.naru.worker.source.SourceReason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A server whose certificate is its own CA and names {@code rental-db.example}. */
class PostgresTlsIT {

  @TempDir private static Path certificates;
  private static TestServer server;

  @BeforeAll
  static void start() throws Exception {
    certificate("server");
    certificate("other");
    server = TestServer.start(Engine.POSTGRESQL);
    var data = server.folder().resolve("data");
    for (var file : List.of("server.crt", "server.key")) {
      var copy = data.resolve(file);
      Files.copy(certificates.resolve(file), copy);
      Files.setAttribute(copy, "unix:uid", Files.getAttribute(data, "unix:uid"));
      Files.setPosixFilePermissions(
          copy, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
    }
    server.execute("postgres", "ALTER SYSTEM SET ssl = on", "SELECT pg_reload_conf()");
    org.awaitility.Awaitility.await()
        .ignoreExceptions()
        .until(() -> version(TlsMode.REQUIRE, "server", Optional.empty()) != null);
  }

  private static void certificate(String name) throws Exception {
    var process =
        new ProcessBuilder(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=rental-db.example",
                "-addext",
                "subjectAltName=DNS:rental-db.example",
                "-keyout",
                name + ".key",
                "-out",
                name + ".crt")
            .directory(certificates.toFile())
            .redirectErrorStream(true)
            .redirectOutput(certificates.resolve("log").toFile())
            .start();
    assertThat(process.waitFor()).isZero();
  }

  private static String version(TlsMode mode, String ca, Optional<String> serverName) {
    var run =
        TestRun.of(server, Engine.POSTGRESQL, "postgres", "public", "t")
            .withLogin(server.superuser().username(), server.superuser().password())
            .withTls(mode, !ca.isEmpty(), serverName);
    var connector =
        new PgConnector(run.source(), run.credentials(), "tls", certificates.resolve(ca + ".crt"));
    try (var session = connector.open()) {
      return session
          .row(
              "tls",
              "SELECT coalesce(version, 'none') FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
          .getFirst();
    }
  }

  @Test
  void theServersNameIsVerifiedWhereverItIsReached() {
    assertThat(version(TlsMode.VERIFY_FULL, "server", Optional.of("rental-db.example")))
        .startsWith("TLS");
    assertThat(version(TlsMode.VERIFY_CA, "server", Optional.empty())).startsWith("TLS");
    assertThat(version(TlsMode.REQUIRE, "", Optional.empty())).startsWith("TLS");
    assertThat(version(TlsMode.DISABLE, "", Optional.empty())).isEqualTo("none");
  }

  @Test
  void anotherNameIsRefused() {
    assertThatThrownBy(() -> version(TlsMode.VERIFY_FULL, "server", Optional.empty()))
        .isInstanceOfSatisfying(
            ActionNeededFailure.class,
            e -> assertThat(e.reason()).isEqualTo(SourceReason.TLS_FAILED))
        .hasMessageContaining("tls.serverName");
  }

  @ParameterizedTest
  @EnumSource(
      value = TlsMode.class,
      names = {"VERIFY_CA", "VERIFY_FULL"})
  void anUnknownCaIsRefused(TlsMode mode) {
    for (var ca : List.of("other", "")) {
      assertThatThrownBy(() -> version(mode, ca, Optional.of("rental-db.example")))
          .isInstanceOfSatisfying(
              ActionNeededFailure.class,
              e -> assertThat(e.reason()).isEqualTo(SourceReason.TLS_FAILED))
          .hasMessageContaining("tls.caRef");
    }
  }

  @Test
  void aServerWithoutTlsIsRefusedWhenTlsIsAskedFor() {
    var plain = TestServer.postgresql();
    var run =
        TestRun.of(plain, Engine.POSTGRESQL, "postgres", "public", "t")
            .withLogin(plain.superuser().username(), plain.superuser().password())
            .withTls(TlsMode.REQUIRE, false, Optional.empty());
    assertThatThrownBy(() -> new PgConnector(run.source(), run.credentials(), "tls").open())
        .isInstanceOfSatisfying(
            ActionNeededFailure.class,
            e -> assertThat(e.reason()).isEqualTo(SourceReason.TLS_FAILED));
  }
}
