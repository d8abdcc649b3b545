package dev.naru.operator.mart;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Remembers the names in SQL texts, in about 16 MB: each reconcile of a mart, and each change of
 * anything a mart may read, looks through the SQL of all marts of the namespace.
 */
final class NameCache {

  private static final long ROOM = 16L << 20;

  /** What a name takes, in characters. */
  private static final int NAME = 100;

  /** The least recently used first. */
  private final Map<String, List<SqlNames.Named>> kept = new LinkedHashMap<>(16, 0.75f, true);

  private final long room;
  private long size;

  NameCache() {
    this(ROOM);
  }

  NameCache(long room) {
    this.room = room;
  }

  /** Every name of two parts or more that may be a table, once. */
  List<SqlNames.Named> in(String sql) {
    synchronized (this) {
      var known = kept.get(sql);
      if (known != null) {
        return known;
      }
    }
    var names = SqlNames.distinct(sql);
    keep(sql, names);
    return names;
  }

  private synchronized void keep(String sql, List<SqlNames.Named> names) {
    if (kept.put(sql, names) == null) {
      size += size(sql, names);
    }
    var oldest = kept.entrySet().iterator();
    while (size > room && oldest.hasNext()) {
      var entry = oldest.next();
      size -= size(entry.getKey(), entry.getValue());
      oldest.remove();
    }
  }

  private static long size(String sql, List<SqlNames.Named> names) {
    return sql.length() + (long) NAME * (names.size() + 1);
  }

  /** How many texts are remembered. */
  synchronized int texts() {
    return kept.size();
  }
}
