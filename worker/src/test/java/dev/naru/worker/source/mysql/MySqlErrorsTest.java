package dev.naru.worker.source.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.runfile.Database;
import dev.naru.worker.source.Credentials;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MySqlErrorsTest {

  private static final String PASSWORD = "pass'\"$(id) ü&w=1/2";

  private final MySqlErrors errors =
      new MySqlErrors(
          new Database(
              "billing-db",
              Database.Engine.MYSQL,
              "db",
              3306,
              "billing",
              new Database.Tls(Database.TlsMode.DISABLE, false, Optional.empty()),
              4,
              List.of()),
          new Credentials("reader", PASSWORD));

  @ParameterizedTest
  @CsvSource({"1045,28000", "1129,HY000", "1130,HY000", "1040,08004", "9999,HY000", "1044,42000"})
  void aServerThatRepeatsThePasswordIsNotQuoted(int code, String state) {
    var said = "(conn=7) Access denied for 'reader' (using password: " + PASSWORD + ")";

    assertThat(errors.connecting(new SQLException(said, state, code)).getMessage())
        .containsAnyOf("db", "billing")
        .doesNotContain(PASSWORD);
    assertThat(errors.running("reading", new SQLException(said, state, code)).getMessage())
        .doesNotContain(PASSWORD);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "1105|HY000|(conn=7) XPATH syntax error: '~010-1234'",
        "1292|22007|(conn=7) Truncated incorrect INTEGER value: '010-1234'",
        "1644|45000|(conn=7) not allowed: '010-1234'"
      })
  void anErrorAboutDataIsToldWithoutTheData(int code, String state, String said) {
    assertThat(errors.running("reading", new SQLException(said, state, code)).getMessage())
        .contains("…")
        .doesNotContain("010-1234");
  }

  @Test
  void anErrorAboutNamesKeepsThem() {
    assertThat(
            errors.server(
                new SQLException("(conn=7) Unknown column 'fee' in 'WHERE'", "42S22", 1054)))
        .isEqualTo("Unknown column 'fee' in 'WHERE'");
  }
}
