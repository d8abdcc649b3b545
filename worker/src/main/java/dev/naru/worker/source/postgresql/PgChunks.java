package dev.naru.worker.source.postgresql;

import dev.naru.runfile.Hashes;
import dev.naru.worker.source.Chunk;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Cuts a table into chunks: half-open ranges, the first open below, the last open above within the
 * snapshot.
 */
final class PgChunks {

  /** Heap of one chunk: about 128 MiB, TOAST included. */
  private static final long CHUNK_BYTES = 128L << 20;

  private static final long MIN_PAGES = 1024;
  private static final long ROWS = 500_000;
  private static final int MAX_CHUNKS = 10_000;
  private static final String WHAT = "cutting the table into chunks";

  /** What, apart from its borders, decides what a chunk holds. */
  private final String scope;

  PgChunks(String scope) {
    this.scope = scope;
  }

  /** All in one. */
  List<Chunk> single() {
    return List.of(chunk(0, ""));
  }

  /**
   * Ranges of heap blocks. They mean something only within the snapshot: an UPDATE moves a row.
   *
   * @param pages blocks of the heap, taken under the snapshot
   */
  List<Chunk> blocks(long pages, long bytes, int parallelism) {
    var pageBytes = Math.max(8192, pages == 0 ? 0 : bytes / pages);
    var largest = Math.max(MIN_PAGES, CHUNK_BYTES / pageBytes);
    var even = Math.ceilDiv(pages, 2L * parallelism);
    var step = parallelism == 1 ? largest : Math.clamp(even, MIN_PAGES, largest);
    var borders = new ArrayList<String>();
    for (var page = step; page < pages; page += step) {
      borders.add("'(%d,0)'::tid".formatted(page));
    }
    return ranges("ctid", borders);
  }

  /** Ranges of the primary key, with borders found by walking its index. */
  List<Chunk> keys(PgSession session, PgTable table) {
    var step = Math.max(ROWS, table.rows() / MAX_CHUNKS);
    var names = table.primaryKey().stream().map(Sql::identifier).toList();
    var key = tuple(names);
    var literals =
        names.stream().map("quote_literal(%s::text)"::formatted).collect(Collectors.joining(", "));
    var borders = new ArrayList<String>();
    for (var after = ""; ; ) {
      var next =
          session.rows(
              WHAT,
              "SELECT %s FROM %s%s ORDER BY %s LIMIT 1 OFFSET %d"
                  .formatted(literals, table.sql(), after, String.join(", ", names), step));
      if (next.isEmpty()) {
        return ranges(key, borders);
      }
      var border = tuple(next.getFirst());
      borders.add(border);
      after = " WHERE %s >= %s".formatted(key, border);
    }
  }

  private static String tuple(List<String> parts) {
    return parts.size() == 1 ? parts.getFirst() : "(" + String.join(", ", parts) + ")";
  }

  private List<Chunk> ranges(String key, List<String> borders) {
    if (borders.isEmpty()) {
      return single();
    }
    var chunks = new ArrayList<Chunk>(borders.size() + 1);
    chunks.add(chunk(0, "%s < %s".formatted(key, borders.getFirst())));
    for (var i = 1; i < borders.size(); i++) {
      chunks.add(
          chunk(i, "%s >= %s AND %s < %s".formatted(key, borders.get(i - 1), key, borders.get(i))));
    }
    chunks.add(chunk(borders.size(), "%s >= %s".formatted(key, borders.getLast())));
    return chunks;
  }

  private Chunk chunk(int number, String predicate) {
    var hash = Hashes.sha256Hex(scope, predicate).substring(0, 12);
    return new Chunk("%05d-%s".formatted(number, hash), predicate);
  }
}
