package dev.naru.worker.source;

import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.bigquery.Failure;
import dev.naru.bigquery.RetryableFailure;
import dev.naru.runfile.Database;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Optional;
import javax.net.ssl.SSLException;

/**
 * Why no session could be opened, as far as it has nothing to do with the engine.
 *
 * @param spec path of the engine's fields in the Connection, e.g. {@code spec.postgresql}
 */
public record ConnectFailures(Database database, String spec) {

  /** How long opening a session may take. */
  public static final int TIMEOUT_SECONDS = 10;

  /** What the network or TLS says, if it is their fault. */
  public Optional<Failure> of(Exception e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case UnknownHostException _ -> {
          return Optional.of(
              retry(
                  SourceReason.HOST_UNKNOWN,
                  "The host '%s' of Connection %s does not resolve. Check %s.host and the cluster's DNS."
                      .formatted(database.host(), database.connection(), spec),
                  e));
        }
        case SocketTimeoutException _ -> {
          return Optional.of(timeout(e));
        }
        case NoRouteToHostException _ -> {
          return Optional.of(
              retry(
                  SourceReason.CONNECT_TIMEOUT,
                  "There is no network route to %s.".formatted(address()),
                  e));
        }
        case ConnectException _ -> {
          return Optional.of(
              retry(
                  SourceReason.CONNECTION_REFUSED,
                  "Nothing listens at %s. Check host and port of Connection %s, and that the server is up."
                      .formatted(address(), database.connection()),
                  e));
        }
        case SSLException ssl -> {
          return Optional.of(tls(String.valueOf(ssl.getMessage()), e));
        }
        default -> {}
      }
    }
    return Optional.empty();
  }

  /** No answer in time. */
  public Failure timeout(Exception e) {
    return retry(
        SourceReason.CONNECT_TIMEOUT,
        "%s did not answer within %d s. Check that a firewall or NetworkPolicy lets this namespace through."
            .formatted(address(), TIMEOUT_SECONDS),
        e);
  }

  /** TLS could not be agreed on. */
  public Failure tls(String why, Exception e) {
    return new ActionNeededFailure(
        SourceReason.TLS_FAILED,
        "TLS with %s failed: %s. With a private CA set %s.tls.caRef; when the certificate names another host set tls.serverName; tls.mode is %s."
            .formatted(address(), why, spec, mode()),
        e);
  }

  /** {@code host:port}. */
  public String address() {
    return database.host() + ":" + database.port();
  }

  /** The mode as the Connection has it. */
  public String mode() {
    return switch (database.tls().mode()) {
      case DISABLE -> "Disable";
      case REQUIRE -> "Require";
      case VERIFY_CA -> "VerifyCA";
      case VERIFY_FULL -> "VerifyFull";
    };
  }

  private static Failure retry(SourceReason reason, String message, Exception e) {
    return new RetryableFailure(reason, message, e);
  }
}
