package dev.naru.worker.source.postgresql;

/** One view of the data for several sessions; it lasts until the last one that has it ends. */
final class Snapshot {

  private static final String WHAT = "taking the snapshot";
  private static final String BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

  private Snapshot() {}

  /** Takes a snapshot in this session and names it for others. */
  static String export(PgSession session) {
    session.execute(WHAT, BEGIN);
    return session.row(WHAT, "SELECT pg_export_snapshot()").getFirst();
  }

  /** Gives a session the snapshot of another one that still has it. */
  static void join(PgSession session, String view) {
    session.execute(WHAT, BEGIN);
    session.execute(WHAT, "SET TRANSACTION SNAPSHOT " + Sql.literal(view));
  }
}
