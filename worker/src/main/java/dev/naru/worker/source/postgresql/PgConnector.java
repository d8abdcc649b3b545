package dev.naru.worker.source.postgresql;

import dev.naru.runfile.Database;
import dev.naru.runfile.Mounts;
import dev.naru.worker.source.ConnectFailures;
import dev.naru.worker.source.Credentials;
import dev.naru.worker.source.DatabaseSocketFactory;
import dev.naru.worker.source.JdbcUrl;
import dev.naru.worker.source.Slots;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;

/** Opens sessions: read-only, in UTC, with no timeout but that of locks, and a lock per slot. */
public final class PgConnector implements Slots.Engine<PgSession> {

  /** Naru's sessions are told apart by it: they never write, so they hold no bound back. */
  static final String APPLICATION_PREFIX = "naru/";

  private static final int TRANSACTION_TIMEOUT_SINCE = 17;

  private final Database database;
  private final Credentials credentials;
  private final String application;
  private final Path ca;
  private final PgErrors errors;

  /**
   * A connector for one Connection.
   *
   * @param user shown to administrators as application name, e.g. {@code rental/reservations}
   */
  public PgConnector(Database database, Credentials credentials, String user) {
    this(database, credentials, user, Path.of(Mounts.CA));
  }

  /**
   * A connector with a CA certificate at another place.
   *
   * @param ca file that is read when the Connection names a CA
   */
  public PgConnector(Database database, Credentials credentials, String user, Path ca) {
    this.database = database;
    this.credentials = credentials;
    this.application = APPLICATION_PREFIX + user;
    this.ca = ca;
    this.errors = new PgErrors(database, credentials);
  }

  PgErrors errors() {
    return errors;
  }

  String username() {
    return credentials.username();
  }

  @Override
  public PgSession open() {
    var url = JdbcUrl.of("jdbc:postgresql", database, "spec.postgresql");
    try {
      var connection = DriverManager.getConnection(url, properties());
      try {
        var session = new PgSession(connection, connection.unwrap(PGConnection.class), errors);
        settle(session, connection.getMetaData().getDatabaseMajorVersion());
        return session;
      } catch (SQLException | RuntimeException e) {
        connection.close();
        throw e;
      }
    } catch (SQLException e) {
      throw errors.connecting(e);
    }
  }

  @Override
  public boolean tryLock(PgSession session, int slot) {
    var locked =
        session.row(
            "taking a connection slot",
            "SELECT pg_try_advisory_lock(%d, %d)"
                .formatted(("naru/" + database.connection()).hashCode(), slot));
    return locked.getFirst().equals("t");
  }

  @Override
  public void close(PgSession session) {
    session.close();
  }

  private static void settle(PgSession session, int version) {
    session.execute(
        "setting the session up",
        "SET default_transaction_read_only = on; SET TimeZone = 'UTC'; SET DateStyle = ISO;"
            + " SET IntervalStyle = iso_8601; SET bytea_output = hex; SET statement_timeout = 0;"
            + " SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = 0"
            + (version >= TRANSACTION_TIMEOUT_SINCE ? "; SET transaction_timeout = 0" : ""));
  }

  private Properties properties() {
    var properties = new Properties();
    PGProperty.USER.set(properties, credentials.username());
    PGProperty.PASSWORD.set(properties, credentials.password());
    PGProperty.APPLICATION_NAME.set(properties, application);
    PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "10");
    PGProperty.CONNECT_TIMEOUT.set(properties, ConnectFailures.TIMEOUT_SECONDS);
    PGProperty.LOGIN_TIMEOUT.set(properties, ConnectFailures.TIMEOUT_SECONDS);
    PGProperty.SOCKET_FACTORY.set(properties, DatabaseSocketFactory.class.getName());
    PGProperty.SOCKET_FACTORY_ARG.set(properties, database.host());
    PGProperty.GSS_ENC_MODE.set(properties, "disable");
    tls(properties);
    return properties;
  }

  private void tls(Properties properties) {
    PGProperty.SSL_MODE.set(
        properties,
        switch (database.tls().mode()) {
          case DISABLE -> "disable";
          case REQUIRE -> "require";
          case VERIFY_CA -> "verify-ca";
          case VERIFY_FULL -> "verify-full";
        });
    if (database.tls().caMounted()) {
      PGProperty.SSL_ROOT_CERT.set(properties, ca.toString());
    } else if (database.tls().mode() != Database.TlsMode.REQUIRE) {
      PGProperty.SSL_FACTORY.set(properties, "org.postgresql.ssl.DefaultJavaSSLFactory");
    }
  }
}
