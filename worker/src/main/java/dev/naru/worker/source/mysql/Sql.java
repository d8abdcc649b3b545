package dev.naru.worker.source.mysql;

/** Quoting of names and texts in MySQL's SQL. */
final class Sql {

  private Sql() {}

  static String identifier(String name) {
    return '`' + name.replace("`", "``") + '`';
  }

  static String table(String schema, String name) {
    return identifier(schema) + "." + identifier(name);
  }

  /** Predicates joined by AND, each in parentheses, after WHERE; empty ones left out. */
  static String where(String... predicates) {
    var joined = new StringBuilder();
    for (var predicate : predicates) {
      if (!predicate.isEmpty()) {
        joined.append(joined.isEmpty() ? " WHERE (" : " AND (").append(predicate).append(')');
      }
    }
    return joined.toString();
  }
}
