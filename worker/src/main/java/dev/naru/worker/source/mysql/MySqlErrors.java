package dev.naru.worker.source.mysql;

import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.bigquery.Failure;
import dev.naru.bigquery.RetryableFailure;
import dev.naru.runfile.Database;
import dev.naru.worker.source.ConnectFailures;
import dev.naru.worker.source.Credentials;
import dev.naru.worker.source.ServerWords;
import dev.naru.worker.source.SourceReason;
import java.io.IOException;
import java.sql.SQLException;

/** Puts errors of MySQL, MariaDB and their driver into words for people. */
final class MySqlErrors {

  static final int DATABASE_DENIED = 1044;
  static final int ACCESS_DENIED = 1045;
  static final int UNKNOWN_DATABASE = 1049;
  static final int TABLE_DENIED = 1142;
  static final int COLUMN_DENIED = 1143;
  static final int NO_SUCH_TABLE = 1146;
  private static final int TOO_MANY_CONNECTIONS = 1040;
  private static final int HOST_NOT_ALLOWED = 1130;
  private static final int HOST_BLOCKED = 1129;

  private final Database database;
  private final Credentials credentials;
  private final String username;
  private final ConnectFailures connect;

  MySqlErrors(Database database, Credentials credentials) {
    this.database = database;
    this.credentials = credentials;
    this.username = credentials.username();
    this.connect = new ConnectFailures(database, "spec.mysql");
  }

  /** An error while a session was opened. */
  Failure connecting(SQLException e) {
    return connect.of(e).orElseGet(() -> byCode(e));
  }

  /** An error of a statement. */
  Failure running(String what, SQLException e) {
    var state = e.getSQLState() == null ? "" : e.getSQLState();
    var code = e.getErrorCode();
    if (code == TABLE_DENIED || code == COLUMN_DENIED || code == DATABASE_DENIED) {
      return act(
          SourceReason.SOURCE_ACCESS_DENIED,
          "%s: the user '%s' may not do that (%s).".formatted(what, username, server(e)),
          e);
    }
    if (state.startsWith("08") || e.getCause() instanceof IOException) {
      return retry(
          SourceReason.CONNECTION_LOST,
          "%s: the connection to %s broke (%s). Nothing was published; the next attempt reads again."
              .formatted(what, connect.address(), server(e)),
          e);
    }
    return retry(
        SourceReason.SOURCE_FAILED,
        "%s: the server answered: %s (error %d).".formatted(what, server(e), code),
        e);
  }

  private Failure byCode(SQLException e) {
    return switch (e.getErrorCode()) {
      case ACCESS_DENIED ->
          act(
              SourceReason.AUTHENTICATION_FAILED,
              "%s refuses the user '%s': wrong password, or no such user for this client's address. Put the right ones into the Secret named by spec.mysql.authSecretRef of Connection %s (keys username, password)."
                  .formatted(connect.address(), username, database.connection()),
              e);
      case DATABASE_DENIED ->
          act(
              SourceReason.AUTHENTICATION_FAILED,
              "The user '%s' has no right in the database '%s'. Run: GRANT SELECT ON %s.* TO '%s'@'%%';"
                  .formatted(
                      username, database.database(), Sql.identifier(database.database()), username),
              e);
      case UNKNOWN_DATABASE ->
          act(
              SourceReason.DATABASE_UNKNOWN,
              "There is no database '%s' at %s. Check spec.mysql.database of Connection %s."
                  .formatted(database.database(), connect.address(), database.connection()),
              e);
      case TOO_MANY_CONNECTIONS, HOST_BLOCKED ->
          retry(
              SourceReason.SERVER_REFUSED,
              "%s takes no session now: %s.".formatted(connect.address(), server(e)),
              e);
      case HOST_NOT_ALLOWED ->
          act(
              SourceReason.AUTHENTICATION_FAILED,
              "%s lets nobody in from this address: %s. Create the user for the host '%%' or for the cluster's addresses."
                  .formatted(connect.address(), server(e)),
              e);
      default ->
          e.getMessage() != null && e.getMessage().contains("ssl")
              ? connect.tls(server(e), e)
              : retry(
                  SourceReason.SERVER_REFUSED,
                  "No session with %s: %s (error %d)."
                      .formatted(connect.address(), server(e), e.getErrorCode()),
                  e);
    };
  }

  /** The server's own words: the driver puts the connection's id in front. */
  String server(SQLException e) {
    var said = String.valueOf(e.getMessage()).replaceFirst("^\\(conn=\\d+\\) ", "");
    return ServerWords.of(said, e, credentials);
  }

  private static Failure act(SourceReason reason, String message, SQLException e) {
    return new ActionNeededFailure(reason, message, e);
  }

  private static Failure retry(SourceReason reason, String message, SQLException e) {
    return new RetryableFailure(reason, message, e);
  }
}
