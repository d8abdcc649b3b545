package dev.naru.worker;

import dev.naru.runfile.RunFile;
import dev.naru.worker.source.Credentials;
import dev.naru.worker.source.Source;
import dev.naru.worker.source.mysql.MySqlConnector;
import dev.naru.worker.source.mysql.MySqlSource;
import dev.naru.worker.source.postgresql.PgConnector;
import dev.naru.worker.source.postgresql.PostgresSource;

/** The source a run file names. */
public final class Sources {

  private Sources() {}

  /** Prepares a source; no session is opened yet. */
  public static Source of(RunFile run, Credentials credentials) {
    var user = run.job().namespace() + "/" + run.job().name();
    return switch (run.source().engine()) {
      case POSTGRESQL -> new PostgresSource(run, new PgConnector(run.source(), credentials, user));
      case MYSQL -> new MySqlSource(run, new MySqlConnector(run.source(), credentials));
    };
  }
}
