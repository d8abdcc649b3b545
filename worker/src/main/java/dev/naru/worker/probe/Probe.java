package dev.naru.worker.probe;

import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.bigquery.Failure;
import dev.naru.bigquery.RetryableFailure;
import dev.naru.runfile.Database;
import dev.naru.runfile.ProbeResult;
import dev.naru.worker.source.Credentials;
import dev.naru.worker.source.mysql.MySqlConnector;
import dev.naru.worker.source.mysql.MySqlProbe;
import dev.naru.worker.source.postgresql.PgConnector;
import dev.naru.worker.source.postgresql.PgProbe;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The answer of one probe.
 *
 * @param result for the termination message
 * @param exitCode 0 reachable, 10 a person must act, 1 another attempt may succeed
 */
public record Probe(ProbeResult result, int exitCode) {

  /** Exit code when a person must act. */
  public static final int ACTION_NEEDED = 10;

  private static final String USER = "probe";

  /** Opens one session with the database and asks a few cheap questions. */
  public static Probe of(Database database, Supplier<Credentials> credentials) {
    try {
      var user = credentials.get();
      return new Probe(
          switch (database.engine()) {
            case POSTGRESQL -> PgProbe.probe(database, new PgConnector(database, user, USER));
            case MYSQL -> MySqlProbe.probe(database, new MySqlConnector(database, user));
          },
          0);
    } catch (Failure failure) {
      return switch (failure) {
        case ActionNeededFailure action -> new Probe(unreachable(action), ACTION_NEEDED);
        case RetryableFailure retryable -> new Probe(unreachable(retryable), 1);
      };
    }
  }

  private static ProbeResult unreachable(Failure failure) {
    return new ProbeResult(
        ProbeResult.API_VERSION,
        false,
        failure.reason().code(),
        failure.getMessage(),
        Optional.empty(),
        Optional.empty(),
        List.of());
  }
}
