package dev.naru.worker.source.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.runfile.Database;
import dev.naru.worker.source.Credentials;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

final class PgErrorsTest {

  private static final String PASSWORD = "pass'\"$(id) ü&w=1/2";

  private final PgErrors errors =
      new PgErrors(
          new Database(
              "rental-db",
              Database.Engine.POSTGRESQL,
              "db",
              5432,
              "rental",
              new Database.Tls(Database.TlsMode.DISABLE, false, Optional.empty()),
              4,
              List.of()),
          new Credentials("reader", PASSWORD));

  @ParameterizedTest
  @ValueSource(strings = {"28000", "08006", "53300", "XX000", "28P01", "3D000", "08004"})
  void aServerThatRepeatsThePasswordIsNotQuoted(String state) {
    var encoded = URLEncoder.encode(PASSWORD, StandardCharsets.UTF_8);
    var said =
        "no entry for user=reader password="
            + PASSWORD
            + " in jdbc:postgresql://db/rental?password="
            + encoded;

    assertThat(errors.connecting(new SQLException(said, state)).getMessage())
        .contains("db:5432")
        .doesNotContain(PASSWORD, encoded);
    assertThat(errors.running("reading", new SQLException(said, state)).getMessage())
        .doesNotContain(PASSWORD, encoded);
  }

  @Test
  void anErrorAboutDataIsToldWithoutTheData() {
    var failure =
        errors.running(
            "reading", said("22P02", "invalid input syntax for type integer: \"010-1234-5678\""));

    assertThat(failure.getMessage())
        .contains("invalid input syntax for type integer: …")
        .doesNotContain("010-1234");
  }

  @Test
  void anErrorAboutNamesKeepsThem() {
    assertThat(errors.server(said("42703", "column \"fee\" does not exist")))
        .isEqualTo("column \"fee\" does not exist");
  }

  private static SQLException said(String state, String message) {
    return new PSQLException(new ServerErrorMessage("SERROR\0C" + state + "\0M" + message + "\0"));
  }
}
