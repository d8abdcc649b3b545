package dev.naru.worker.source.mysql;

import dev.naru.runfile.Database;
import dev.naru.runfile.Hashes;
import dev.naru.runfile.Mounts;
import dev.naru.worker.source.ConnectFailures;
import dev.naru.worker.source.Credentials;
import dev.naru.worker.source.JdbcUrl;
import dev.naru.worker.source.Slots;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/** Opens sessions: read-only, in UTC, patient with a slow reader, and a lock per slot. */
public final class MySqlConnector implements Slots.Engine<MySqlSession> {

  private final Database database;
  private final Credentials credentials;
  private final Path ca;
  private final MySqlErrors errors;

  /** A connector for one Connection. */
  public MySqlConnector(Database database, Credentials credentials) {
    this(database, credentials, Path.of(Mounts.CA));
  }

  /**
   * A connector with a CA certificate at another place.
   *
   * @param ca file that is read when the Connection names a CA
   */
  public MySqlConnector(Database database, Credentials credentials, Path ca) {
    this.database = database;
    this.credentials = credentials;
    this.ca = ca;
    this.errors = new MySqlErrors(database, credentials);
  }

  String username() {
    return credentials.username();
  }

  @Override
  public MySqlSession open() {
    var url = JdbcUrl.of("jdbc:mariadb", database, "spec.mysql");
    try {
      var connection = DriverManager.getConnection(url, properties());
      var session = new MySqlSession(connection, errors);
      try {
        settle(session);
        return session;
      } catch (RuntimeException e) {
        connection.close();
        throw e;
      }
    } catch (SQLException e) {
      throw errors.connecting(e);
    }
  }

  @Override
  public boolean tryLock(MySqlSession session, int slot) {
    // lock names have at most 64 characters
    var name =
        "naru/%s/%d".formatted(Hashes.sha256Hex(database.connection()).substring(0, 32), slot);
    var locked =
        session.row("taking a connection slot", "SELECT GET_LOCK('%s', 0)".formatted(name));
    return "1".equals(locked.getFirst());
  }

  @Override
  public void close(MySqlSession session) {
    session.close();
  }

  private static void settle(MySqlSession session) {
    var limit = session.isMariaDb() ? "max_statement_time" : "max_execution_time";
    session.execute(
        "setting the session up",
        "SET SESSION time_zone = '+00:00', net_write_timeout = 3600, wait_timeout = 28800, "
            + limit
            + " = 0");
    session.execute(
        "setting the session up",
        "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
  }

  private Properties properties() {
    var tls = database.tls();
    var properties = new Properties();
    properties.setProperty("user", credentials.username());
    properties.setProperty("password", credentials.password());
    properties.setProperty(
        "connectTimeout", Integer.toString(ConnectFailures.TIMEOUT_SECONDS * 1000));
    properties.setProperty("useServerPrepStmts", "true");
    // a server may not ask for files of the pod
    properties.setProperty("allowLocalInfile", "false");
    properties.setProperty("tinyInt1isBit", "false");
    properties.setProperty("yearIsDateType", "false");
    properties.setProperty("connectionAttributes", "program_name:naru");
    properties.setProperty("socketFactory", MySqlSocketFactory.class.getName());
    properties.setProperty(MySqlSocketFactory.HOST_OPTION, database.host());
    properties.setProperty(
        "sslMode",
        switch (tls.mode()) {
          case DISABLE -> "disable";
          case REQUIRE -> "trust";
          case VERIFY_CA -> "verify-ca";
          case VERIFY_FULL -> "verify-full";
        });
    if (tls.caMounted()) {
      properties.setProperty("serverSslCert", ca.toString());
    }
    if (tls.mode() == Database.TlsMode.DISABLE) {
      // MySQL's caching_sha2_password encrypts the password with a key of the server then
      properties.setProperty("allowPublicKeyRetrieval", "true");
    }
    return properties;
  }
}
