package dev.naru.worker.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.runfile.Database;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JdbcUrlTest {

  @Test
  void theServersNameStandsWhereTheHostDoesAndTheDatabaseIsEncoded() {
    assertThat(url("10.0.0.7", "rental", Optional.of("db.internal")))
        .isEqualTo("jdbc:postgresql://db.internal:5432/rental");
    assertThat(url("fd00::7", "a/b?c=d", Optional.empty()))
        .isEqualTo("jdbc:postgresql://[fd00::7]:5432/a%2Fb%3Fc%3Dd");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"db/rental?socketFactory=Evil&x=", "db:5432", "one,two", "db#", "db\nx", "", "-"})
  void whatCouldSetAnOptionOfTheDriverIsRefused(String name) {
    assertThatThrownBy(() -> url("db", "rental", Optional.of(name)))
        .isInstanceOf(ActionNeededFailure.class)
        .hasMessageContaining("spec.postgresql.tls.serverName")
        .hasMessageContaining("no host name");
    assertThatThrownBy(() -> url(name, "rental", Optional.empty()))
        .isInstanceOf(ActionNeededFailure.class)
        .hasMessageContaining("spec.postgresql.host");
  }

  private static String url(String host, String database, Optional<String> serverName) {
    return JdbcUrl.of(
        "jdbc:postgresql",
        new Database(
            "rental-db",
            Database.Engine.POSTGRESQL,
            host,
            5432,
            database,
            new Database.Tls(Database.TlsMode.VERIFY_FULL, false, serverName),
            4,
            List.of()),
        "spec.postgresql");
  }
}
