package dev.naru.worker.source.mysql;

import java.util.List;
import java.util.stream.Collectors;

/**
 * One view of the data in several sessions, with no right but SELECT: MariaDB tells the position in
 * the binary log that a snapshot stands for. Snapshots are opened one right after the other, and
 * again when something was committed in between.
 */
final class SharedSnapshot {

  private static final String WHAT = "taking the snapshot";
  private static final int ATTEMPTS = 10;

  private SharedSnapshot() {}

  /** Whether all sessions now see the same. When not, each has a snapshot of its own. */
  static boolean open(List<MySqlSession> sessions) {
    for (var attempt = 0; attempt < ATTEMPTS; attempt++) {
      sessions.forEach(SharedSnapshot::start);
      if (sessions.size() == 1) {
        return true;
      }
      var positions = sessions.stream().map(SharedSnapshot::position).collect(Collectors.toSet());
      if (positions.contains("")) {
        return false;
      }
      if (positions.size() == 1) {
        return true;
      }
    }
    return false;
  }

  private static void start(MySqlSession session) {
    session.execute(WHAT, "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
  }

  /** File and position of the session's snapshot; empty when the server does not tell. */
  private static String position(MySqlSession session) {
    return session.rows(WHAT, "SHOW STATUS LIKE 'binlog_snapshot%'").stream()
        .filter(row -> row.getFirst().matches("(?i)binlog_snapshot_(file|position)"))
        .map(row -> row.get(1))
        .filter(value -> !value.isEmpty() && !value.equals("0"))
        .collect(Collectors.joining(":"));
  }
}
