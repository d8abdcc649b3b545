package dev.naru.worker.source.postgresql;

import dev.naru.bigquery.RetryableFailure;
import dev.naru.worker.source.SourceReason;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Takes the safe upper bound from the transactions that are open on the server: a row whose cursor
 * was set before the bound, but which commits after the read, would never be read. It is taken
 * before the snapshot of the read; a transaction that is not in that snapshot was open when the
 * bound was taken, or began later.
 */
final class PgBound {

  private static final String WHAT = "taking the safe bound";

  /** Between the start of a transaction and its entry in pg_stat_activity. */
  private static final Duration MARGIN = Duration.ofSeconds(1);

  /** How far a first bound stays below a prepared transaction, whose begin is not known. */
  private static final Duration PREPARED_SLACK = Duration.ofHours(24);

  // A session that only ran SELECT may still write with its old now(): not only those with an xid
  // count. Vacuum writes no rows. Naru's own sessions are read-only.
  private static final String OLDEST =
      """
      SELECT extract(epoch FROM xact_start)::numeric::text, pid, coalesce(application_name, ''),
        coalesce(state, 'unknown'), coalesce(usename, 'unknown')
      FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
        AND coalesce(application_name, '') NOT LIKE 'naru/%'
        AND coalesce(backend_type, '') NOT IN ('autovacuum worker', 'walsender')
      ORDER BY xact_start LIMIT 1
      """;

  private static final String PREPARED =
      "SELECT extract(epoch FROM min(prepared))::numeric::text, count(*), min(gid)"
          + " FROM pg_prepared_xacts WHERE database = current_database()";

  private static final String SERVER =
      """
      SELECT extract(epoch FROM clock_timestamp())::numeric::text, pg_is_in_recovery(),
        pg_has_role(current_user, 'pg_read_all_stats', 'USAGE'),
        extract(epoch FROM pg_last_xact_replay_timestamp())::numeric::text
      """;

  private static final String HOLDERS =
      """
      SELECT l.virtualtransaction,
        extract(epoch FROM coalesce(a.xact_start, CASE WHEN l.pid IS NULL THEN
          (SELECT min(prepared) FROM pg_prepared_xacts WHERE database = current_database()) END))::numeric::text
      FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
      WHERE l.locktype = 'relation' AND l.granted AND l.pid IS DISTINCT FROM pg_backend_pid()
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND l.mode IN ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
        AND (l.relation = ?::oid OR l.relation IN (SELECT relid FROM pg_partition_tree(?::oid))
          OR l.relation IN (SELECT relid FROM pg_partition_ancestors(?::oid)))
      """;

  /** How long to wait for transactions that were writing when the largest number was read. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final PgSession session;
  private final List<String> warnings = new ArrayList<>();

  PgBound(PgSession session) {
    this.session = session;
  }

  /** The server's clock, for runs without a cursor. */
  Instant now() {
    return instant(session.row(WHAT, SERVER).getFirst());
  }

  /**
   * The bound of a cursor that holds times.
   *
   * @param previous bound of the last published run
   * @param grant what to run when a right is missing
   */
  SafeBound ofTime(Optional<Instant> previous, Duration lookback, String grant) {
    var server = session.row(WHAT, SERVER);
    var bound = instant(server.getFirst());
    if (server.get(1).equals("t")) {
      bound = onReplica(bound, server.get(3), lookback);
    } else {
      if (server.get(2).equals("f")) {
        warnings.add(
            "BoundUnverified: without pg_read_all_stats open transactions of others cannot be seen; changes of transactions longer than the lookback of %s may be missed. Run: %s"
                .formatted(lookback, grant));
      }
      bound = belowOpen(bound);
    }
    bound = bound.minus(MARGIN);
    bound = belowPrepared(bound, previous);
    if (previous.isPresent() && bound.isBefore(previous.get())) {
      bound = previous.get();
    }
    return new SafeBound(bound.toString(), bound, List.copyOf(warnings));
  }

  private Instant onReplica(Instant now, String replayed, Duration lookback) {
    warnings.add(
        "BoundUnverified: a replica does not see the transactions that are open on its primary; changes of transactions longer than the lookback of %s may be missed. Read from the primary, or set a longer lookback."
            .formatted(lookback));
    var last = replayed == null ? now : instant(replayed);
    return last.isBefore(now) ? last : now;
  }

  private Instant belowOpen(Instant now) {
    var oldest = session.rows(WHAT, OLDEST);
    if (oldest.isEmpty()) {
      return now;
    }
    var row = oldest.getFirst();
    var start = instant(row.getFirst());
    if (!start.isBefore(now)) {
      return now;
    }
    var age = Duration.between(start, now);
    if (age.compareTo(Duration.ofMinutes(1)) > 0) {
      warnings.add(
          "BoundHeld: a transaction open since %s holds the bound back (pid %s, application '%s', user %s, %s)."
              .formatted(start, row.get(1), row.get(2), row.get(4), row.get(3)));
    }
    return start;
  }

  private Instant belowPrepared(Instant bound, Optional<Instant> previous) {
    var prepared = session.row(WHAT, PREPARED);
    if (prepared.get(1).equals("0")) {
      return bound;
    }
    warnings.add(
        "BoundHeld: %s prepared transaction(s) hold the bound back, the oldest since %s (gid '%s'). Commit or roll them back: ROLLBACK PREPARED %s;"
            .formatted(
                prepared.get(1),
                instant(prepared.getFirst()),
                prepared.get(2),
                Sql.literal(prepared.get(2))));
    // 'prepared' is later than the now() of its rows, so it is no bound itself
    var below = previous.orElse(instant(prepared.getFirst()).minus(PREPARED_SLACK));
    return below.isBefore(bound) ? below : bound;
  }

  /**
   * The bound of a cursor that a sequence fills. An INSERT locks the table before it draws a
   * number: when nobody holds that lock, no number up to the largest one can still appear.
   */
  SafeBound ofSequence(PgTable table, String column, Optional<String> previous)
      throws InterruptedException {
    var now = now();
    var largest =
        session
            .row(
                WHAT, "SELECT max(%s)::text FROM %s".formatted(Sql.identifier(column), table.sql()))
            .getFirst();
    var oid = Long.toString(table.oid());
    var next = largest == null ? "0" : new BigInteger(largest).add(BigInteger.ONE).toString();
    var holders = stillWriting(oid);
    if (holders.isEmpty()) {
      return new SafeBound(next, now, List.copyOf(warnings));
    }
    if (previous.isEmpty() || holders.containsValue(null)) {
      throw new RetryableFailure(
          SourceReason.SOURCE_FAILED,
          "%d transaction(s) have been writing to %s for more than %d s, so no safe end of '%s' is known yet. The next attempt looks again."
              .formatted(holders.size(), table.title(), PATIENCE.toSeconds(), column));
    }
    warnings.add(
        "BoundHeld: %d transaction(s) are writing to %s; the bound stays at %s."
            .formatted(holders.size(), table.title(), previous.get()));
    var oldest = holders.values().stream().map(PgBound::instant).min(Instant::compareTo);
    return new SafeBound(previous.get(), oldest.orElse(now), List.copyOf(warnings));
  }

  /** Transactions that were writing to the table at first and still are, with their start. */
  private Map<String, String> stillWriting(String oid) throws InterruptedException {
    var holders = holders(oid);
    var deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!holders.isEmpty() && System.nanoTime() < deadline) {
      Thread.sleep(Duration.ofMillis(200));
      holders.keySet().retainAll(holders(oid).keySet());
    }
    return holders;
  }

  private Map<String, String> holders(String oid) {
    var holders = new HashMap<String, String>();
    for (var row : session.rows(WHAT, HOLDERS, oid, oid, oid)) {
      holders.put(row.getFirst(), row.get(1));
    }
    return holders;
  }

  /** From seconds with a fraction. */
  static Instant instant(String epochSeconds) {
    var micros = new java.math.BigDecimal(epochSeconds).movePointRight(6).longValue();
    return Instant.ofEpochSecond(0).plus(micros, java.time.temporal.ChronoUnit.MICROS);
  }
}
