package dev.naru.worker.source.postgresql;

import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.bigquery.Failure;
import dev.naru.bigquery.RetryableFailure;
import dev.naru.runfile.Database;
import dev.naru.worker.source.ConnectFailures;
import dev.naru.worker.source.Credentials;
import dev.naru.worker.source.ServerWords;
import dev.naru.worker.source.SourceReason;
import java.sql.SQLException;
import org.postgresql.util.PSQLException;

/** Puts errors of PostgreSQL and its driver into words for people. */
final class PgErrors {

  private final Database database;
  private final Credentials credentials;
  private final String username;
  private final ConnectFailures connect;

  PgErrors(Database database, Credentials credentials) {
    this.database = database;
    this.credentials = credentials;
    this.username = credentials.username();
    this.connect = new ConnectFailures(database, "spec.postgresql");
  }

  /** An error while a session was opened. */
  Failure connecting(SQLException e) {
    return connect.of(e).orElseGet(() -> byState(e));
  }

  /** An error of a statement. */
  Failure running(String what, SQLException e) {
    var state = e.getSQLState() == null ? "" : e.getSQLState();
    if (state.equals("42501")) {
      return act(
          SourceReason.SOURCE_ACCESS_DENIED,
          "%s: the user '%s' may not do that (%s).".formatted(what, username, server(e)),
          e);
    }
    if (state.startsWith("08")
        || state.startsWith("57P")
        || e.getCause() instanceof java.io.IOException) {
      return retry(
          SourceReason.CONNECTION_LOST,
          "%s: the connection to %s broke (%s). Nothing was published; the next attempt reads again."
              .formatted(what, connect.address(), server(e)),
          e);
    }
    if (state.equals("40001")) {
      return retry(
          SourceReason.SOURCE_FAILED,
          "%s: the replica cancelled the read because of changes from its primary (%s). Set hot_standby_feedback = on or a larger max_standby_streaming_delay on the replica, or read from the primary."
              .formatted(what, server(e)),
          e);
    }
    return retry(
        SourceReason.SOURCE_FAILED,
        "%s: PostgreSQL answered: %s (SQLSTATE %s).".formatted(what, server(e), state),
        e);
  }

  private Failure refused(SQLException e) {
    return retry(
        SourceReason.SERVER_REFUSED,
        "No session with %s: %s (SQLSTATE %s)."
            .formatted(connect.address(), server(e), e.getSQLState()),
        e);
  }

  private Failure byState(SQLException e) {
    var state = e.getSQLState() == null ? "" : e.getSQLState();
    return switch (state) {
      case "28P01" ->
          act(
              SourceReason.AUTHENTICATION_FAILED,
              "%s refuses the user '%s': wrong password or unknown user. Put the right ones into the Secret named by spec.postgresql.authSecretRef of Connection %s (keys username, password)."
                  .formatted(connect.address(), username, database.connection()),
              e);
      case "28000" ->
          act(
              SourceReason.AUTHENTICATION_FAILED,
              "%s does not let the user '%s' in: %s. Check the user's LOGIN right, pg_hba.conf and tls.mode (%s)."
                  .formatted(connect.address(), username, server(e), connect.mode()),
              e);
      case "42501" ->
          act(
              SourceReason.AUTHENTICATION_FAILED,
              "The user '%s' may not connect to the database '%s'. Run: GRANT CONNECT ON DATABASE %s TO %s;"
                  .formatted(
                      username,
                      database.database(),
                      Sql.identifier(database.database()),
                      Sql.identifier(username)),
              e);
      case "3D000" ->
          act(
              SourceReason.DATABASE_UNKNOWN,
              "There is no database '%s' at %s. Check spec.postgresql.database of Connection %s."
                  .formatted(database.database(), connect.address(), database.connection()),
              e);
      // the driver's own: no answer to the login, or no more time for it
      case "08001" -> connect.timeout(e);
      case "53300", "57P03" ->
          retry(
              SourceReason.SERVER_REFUSED,
              "%s takes no session now: %s.".formatted(connect.address(), server(e)),
              e);
      // the driver's own: the server has no TLS
      case "08004" -> connect.tls(server(e), e);
      // the driver's own, when no I/O failed: the certificate names another host
      case "08006" -> e.getCause() == null ? connect.tls(server(e), e) : refused(e);
      default -> refused(e);
    };
  }

  /** The server's own words, without the statement and without the driver's. */
  String server(SQLException e) {
    var said =
        e instanceof PSQLException p && p.getServerErrorMessage() != null
            ? p.getServerErrorMessage().getMessage()
            : e.getMessage();
    return ServerWords.of(String.valueOf(said), e, credentials);
  }

  private static Failure act(SourceReason reason, String message, SQLException e) {
    return new ActionNeededFailure(reason, message, e);
  }

  private static Failure retry(SourceReason reason, String message, SQLException e) {
    return new RetryableFailure(reason, message, e);
  }
}
