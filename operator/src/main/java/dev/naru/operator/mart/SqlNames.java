package dev.naru.operator.mart;

import dev.naru.bigquery.TableId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The dotted names in a GoogleSQL text that may be tables, found by its tokens: comments and
 * strings hold none. It does not know whether they exist; whoever asks compares them with tables
 * that do. Works without the analyzer, and is what exchanges a table for its candidate. Pure.
 */
final class SqlNames {

  /** Words that may follow a table and are no alias. */
  private static final Set<String> NO_ALIAS =
      Set.of(
          "ALL",
          "ANTI",
          "CROSS",
          "EXCEPT",
          "FOR",
          "FULL",
          "GROUP",
          "HAVING",
          "INNER",
          "INTERSECT",
          "JOIN",
          "LEFT",
          "LIMIT",
          "MATCH_RECOGNIZE",
          "NATURAL",
          "ON",
          "ORDER",
          "OUTER",
          "PIVOT",
          "QUALIFY",
          "RIGHT",
          "SELECT",
          "SET",
          "TABLESAMPLE",
          "UNION",
          "UNPIVOT",
          "USING",
          "WHEN",
          "WHERE",
          "WINDOW",
          "WITH");

  /**
   * One name.
   *
   * @param parts without quotes, a quoted path split at its dots
   * @param quoted whether it begins with a quoted path
   * @param start index of its first character
   * @param end index behind its last
   */
  record Name(List<String> parts, boolean quoted, int start, int end) {

    Name {
      parts = List.copyOf(parts);
    }

    /** The identifier it begins with, as SQL sees it: a quoted path is one. */
    String first() {
      return quoted ? String.join(".", parts) : parts.getFirst();
    }

    /** {@code dataset.table} of a name with or without a project; empty when it is shorter. */
    Optional<String> table() {
      return parts.size() < 2
          ? Optional.empty()
          : Optional.of(parts.get(parts.size() - 2) + "." + parts.getLast());
    }

    /** The project, when there is one. */
    Optional<String> project() {
      return parts.size() < 3
          ? Optional.empty()
          : Optional.of(String.join(".", parts.subList(0, parts.size() - 2)));
    }
  }

  /**
   * What may be a table, wherever it stands.
   *
   * @param table {@code dataset.table}
   */
  record Named(Optional<String> project, String table) {

    /**
     * The table that it means.
     *
     * @param otherwise the project, where none is named
     */
    TableId in(String otherwise) {
      var dot = table.indexOf('.');
      return new TableId(
          project.orElse(otherwise), table.substring(0, dot), table.substring(dot + 1));
    }

    private static Optional<Named> of(Name name) {
      return name.table().map(table -> new Named(name.project(), table));
    }
  }

  private SqlNames() {}

  /** Every name of two parts or more that may be a table, once. */
  static List<Named> distinct(String sql) {
    return in(sql).stream().flatMap(it -> Named.of(it).stream()).distinct().toList();
  }

  /** All names of two parts or more that may be tables, in the order of the text. */
  static List<Name> in(String sql) {
    return in(sql, SqlTokens.of(sql));
  }

  private static List<Name> in(String sql, List<SqlTokens.Token> tokens) {
    return TablePlaces.in(sql, tokens).stream().filter(it -> it.parts().size() > 1).toList();
  }

  /** The table that a text names which is nothing but a name. */
  static Optional<Named> table(String name) {
    return name(name, SqlTokens.of(name), 0).flatMap(Named::of);
  }

  /**
   * The text with some names exchanged. A table that had no alias gets its own name as one, so that
   * columns qualified by it still mean the same.
   *
   * @param replacement what stands for a name, quoted; empty leaves it as it is
   */
  static String exchange(String sql, Function<Name, Optional<String>> replacement) {
    var text = new StringBuilder();
    var done = 0;
    var tokens = SqlTokens.of(sql);
    for (var name : in(sql, tokens)) {
      var other = replacement.apply(name);
      if (other.isPresent()) {
        text.append(sql, done, name.start()).append(other.get());
        if (!aliased(tokens, name)) {
          text.append(" AS `").append(name.parts().getLast()).append('`');
        }
        done = name.end();
      }
    }
    return text.append(sql, done, sql.length()).toString();
  }

  private static boolean aliased(List<SqlTokens.Token> tokens, Name name) {
    var next = tokens.stream().filter(it -> it.start() >= name.end()).findFirst();
    return next.filter(SqlNames::isAlias).isPresent();
  }

  /** Whether a token behind a table is its alias, or the AS before it. */
  static boolean isAlias(SqlTokens.Token token) {
    return token.kind() == SqlTokens.Kind.NAME
        && !NO_ALIAS.contains(token.text().toUpperCase(Locale.ROOT));
  }

  /** A name that begins at a token: words and quoted parts with dots between them. */
  static Optional<Name> name(String sql, List<SqlTokens.Token> tokens, int at) {
    if (at >= tokens.size() || tokens.get(at).kind() != SqlTokens.Kind.NAME) {
      return Optional.empty();
    }
    var first = tokens.get(at);
    var parts = new ArrayList<>(parts(first.text()));
    var quoted = parts.size() > 1;
    var end = first.end();
    var i = at + 1;
    // my-project.dataset.table may stand unquoted
    while (i + 1 < tokens.size()
        && parts.size() == 1
        && tokens.get(i).is("-")
        && tokens.get(i).start() == end
        && tokens.get(i + 1).kind() == SqlTokens.Kind.NAME
        && tokens.get(i + 1).start() == tokens.get(i).end()
        && dashed(sql, tokens, i + 1)) {
      end = tokens.get(i + 1).end();
      parts.set(0, sql.substring(first.start(), end));
      i += 2;
    }
    while (i + 1 < tokens.size()
        && tokens.get(i).is(".")
        && tokens.get(i + 1).kind() == SqlTokens.Kind.NAME) {
      parts.addAll(parts(tokens.get(i + 1).text()));
      end = tokens.get(i + 1).end();
      i += 2;
    }
    return Optional.of(new Name(parts, quoted, first.start(), end));
  }

  /** Whether a dot with two more parts follows after the dashes: else it is a subtraction. */
  private static boolean dashed(String sql, List<SqlTokens.Token> tokens, int at) {
    var rest = sql.substring(tokens.get(at).start());
    return rest.matches(
        "(?s)[A-Za-z0-9_]+(-[A-Za-z0-9_]+)*\\.`?[A-Za-z0-9_]+`?\\.`?[\\p{L}\\p{N}_].*");
  }

  private static List<String> parts(String token) {
    return token.startsWith("`")
        ? Arrays.asList(token.substring(1, token.length() - 1).split("\\.", -1))
        : List.of(token);
  }
}
