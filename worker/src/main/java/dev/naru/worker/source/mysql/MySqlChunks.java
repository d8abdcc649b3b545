package dev.naru.worker.source.mysql;

import dev.naru.runfile.Hashes;
import dev.naru.worker.source.Chunk;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a table into even ranges of the first column of its primary key, which InnoDB stores rows
 * by: half-open, the first open below, the last open above within the snapshot. Skew makes chunks
 * uneven, never wrong.
 */
final class MySqlChunks {

  private static final long ROWS = 500_000;
  private static final long BYTES = 128L << 20;
  private static final int MAX_CHUNKS = 10_000;

  private final String scope;

  /**
   * Chunks of one plan.
   *
   * @param scope what, apart from their borders, decides what they hold
   */
  MySqlChunks(String scope) {
    this.scope = scope;
  }

  List<Chunk> of(MySqlSession session, MySqlTable table) {
    var wanted = wanted(table);
    if (wanted < 2 || !splits(table)) {
      return List.of(chunk(0, ""));
    }
    var key = Sql.identifier(table.primaryKey().getFirst());
    var ends =
        session.row(
            "cutting the table into chunks",
            "SELECT min(%s), max(%s) FROM %s".formatted(key, key, table.sql()));
    if (ends.getFirst() == null) {
      return List.of(chunk(0, ""));
    }
    return ranges(key, new BigInteger(ends.getFirst()), new BigInteger(ends.get(1)), wanted);
  }

  /** Even ranges over the numbers from {@code least} to {@code greatest}. */
  List<Chunk> ranges(String key, BigInteger least, BigInteger greatest, long wanted) {
    var step = greatest.subtract(least).divide(BigInteger.valueOf(wanted)).add(BigInteger.ONE);
    var chunks = new ArrayList<Chunk>();
    var from = "";
    for (var border = least.add(step); border.compareTo(greatest) <= 0; border = border.add(step)) {
      chunks.add(chunk(chunks.size(), from + "%s < %s".formatted(key, border)));
      from = "%s >= %s AND ".formatted(key, border);
    }
    chunks.add(chunk(chunks.size(), from.replaceFirst(" AND $", "")));
    return chunks;
  }

  private static long wanted(MySqlTable table) {
    var byRows = Math.ceilDiv(table.rows(), ROWS);
    var byBytes = Math.ceilDiv(table.bytes(), BYTES);
    return Math.clamp(Math.max(byRows, byBytes), 1, MAX_CHUNKS);
  }

  private static boolean splits(MySqlTable table) {
    if (table.primaryKey().isEmpty()) {
      return false;
    }
    var first = table.primaryKey().getFirst();
    return table.columns().stream()
        .filter(column -> column.name().equals(first))
        .anyMatch(column -> column.kind() == Kind.INTEGER || column.kind() == Kind.UNSIGNED);
  }

  private Chunk chunk(int number, String predicate) {
    var hash = Hashes.sha256Hex(scope, predicate).substring(0, 12);
    return new Chunk("%05d-%s".formatted(number, hash), predicate);
  }
}
