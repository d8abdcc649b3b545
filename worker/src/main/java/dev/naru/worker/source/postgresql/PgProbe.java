package dev.naru.worker.source.postgresql;

import dev.naru.bigquery.Failure;
import dev.naru.runfile.Database;
import dev.naru.runfile.ProbeResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks whether a PostgreSQL server can be read, with one short session. */
public final class PgProbe {

  static final String SERVER =
      "SELECT split_part(current_setting('server_version'), ' ', 1), pg_is_in_recovery(),"
          + " pg_has_role(current_user, 'pg_read_all_stats', 'USAGE'),"
          + " current_setting('max_connections')::int"
          + " - current_setting('superuser_reserved_connections')::int,"
          + " current_setting('server_encoding')";

  private static final int TID_RANGE_SCAN_SINCE = 14;

  private PgProbe() {}

  /**
   * What the server says.
   *
   * @throws Failure when no session could be opened
   */
  public static ProbeResult probe(Database database, PgConnector connector) {
    try (var session = connector.open()) {
      var row = session.row("asking for the version", PgProbe.SERVER);
      return new ProbeResult(
          ProbeResult.API_VERSION,
          true,
          "Reachable",
          "Connected to %s:%d as '%s'."
              .formatted(database.host(), database.port(), connector.username()),
          Optional.of("PostgreSQL " + row.getFirst()),
          Optional.of(row.get(1).equals("t") ? "Replica" : "Primary"),
          warnings(database, connector, row));
    }
  }

  private static List<String> warnings(Database database, PgConnector connector, List<String> row) {
    var warnings = new ArrayList<String>();
    if (row.get(2).equals("f")) {
      warnings.add(
          "Incremental loads cannot see other sessions' open transactions. Run: GRANT pg_read_all_stats TO %s;"
              .formatted(Sql.identifier(connector.username())));
    }
    if (row.get(1).equals("t")) {
      warnings.add(
          "This is a replica: it does not see transactions open on its primary; give cursors a lookback longer than the longest transaction plus the replication lag.");
    }
    var most = Integer.parseInt(row.get(3));
    if (database.maxConnections() > most) {
      warnings.add(
          "spec.protection.maxConnections is %d, but the server lets ordinary users open only %d."
              .formatted(database.maxConnections(), most));
    }
    if (!row.get(4).equals("UTF8")) {
      warnings.add(
          "The database is encoded in %s; text that cannot be turned into UTF-8 makes a read fail."
              .formatted(row.get(4)));
    }
    if (Integer.parseInt(row.getFirst().split("\\.", 2)[0]) < TID_RANGE_SCAN_SINCE) {
      warnings.add(
          "PostgreSQL %s cannot read ranges of blocks (14 can): tables are read by ranges of their primary key, or in one piece."
              .formatted(row.getFirst()));
    }
    return warnings;
  }
}
