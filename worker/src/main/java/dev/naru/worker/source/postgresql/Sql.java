package dev.naru.worker.source.postgresql;

/** Quoting of names and texts in PostgreSQL's SQL. */
final class Sql {

  private Sql() {}

  static String identifier(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  static String table(String schema, String name) {
    return identifier(schema) + "." + identifier(name);
  }

  /** A text literal; safe with and without standard_conforming_strings. */
  static String literal(String text) {
    var quoted = "'" + text.replace("'", "''").replace("\\", "\\\\") + "'";
    return text.indexOf('\\') < 0 ? quoted : "E" + quoted;
  }

  /** Predicates joined by AND, each in parentheses; empty ones left out. */
  static String and(String... predicates) {
    var joined = new StringBuilder();
    for (var predicate : predicates) {
      if (!predicate.isEmpty()) {
        joined.append(joined.isEmpty() ? "(" : " AND (").append(predicate).append(')');
      }
    }
    return joined.toString();
  }

  /** {@code " WHERE …"}, or nothing. */
  static String where(String... predicates) {
    var all = and(predicates);
    return all.isEmpty() ? "" : " WHERE " + all;
  }
}
