package dev.naru.worker.source.mysql;

import dev.naru.runfile.Database;
import dev.naru.runfile.ProbeResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks whether a MySQL or MariaDB server can be read, with one short session. */
public final class MySqlProbe {

  private MySqlProbe() {}

  /**
   * What the server says.
   *
   * @throws dev.naru.bigquery.Failure when no session could be opened
   */
  public static ProbeResult probe(Database database, MySqlConnector connector) {
    try (var session = connector.open()) {
      var row =
          session.row(
              "asking for the settings",
              "SELECT @@global.max_connections, @@global.read_only, @@global.log_bin");
      return new ProbeResult(
          ProbeResult.API_VERSION,
          true,
          "Reachable",
          "Connected to %s:%d as '%s'."
              .formatted(database.host(), database.port(), connector.username()),
          Optional.of(version(session)),
          Optional.of(role(row.get(1))),
          warnings(database, session.isMariaDb(), row));
    }
  }

  /** E.g. {@code MariaDB 10.11.19}. */
  static String version(MySqlSession session) {
    var number = session.version().replaceFirst("[-+].*", "");
    return (session.isMariaDb() ? "MariaDB " : "MySQL ") + number;
  }

  static String role(String readOnly) {
    return "1".equals(readOnly) ? "Replica" : "Primary";
  }

  private static List<String> warnings(Database database, boolean mariaDb, List<String> row) {
    var warnings = new ArrayList<String>();
    var most = Integer.parseInt(row.getFirst());
    if (database.maxConnections() > most) {
      warnings.add(
          "spec.protection.maxConnections is %d, but the server allows only %d connections in all."
              .formatted(database.maxConnections(), most));
    }
    if (!mariaDb) {
      warnings.add(
          "MySQL offers no way to share a snapshot without FLUSH TABLES WITH READ LOCK: each table is read by one session, whatever parallelism says.");
    } else if ("0".equals(row.get(2))) {
      warnings.add(
          "The binary log is off (log_bin), so that sessions cannot tell whether they see the same snapshot: each table is read by one session, whatever parallelism says.");
    }
    return warnings;
  }
}
