package dev.naru.bigquery.mart;

import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.bigquery.WarehouseReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * As much of GoogleSQL's lexical rules as tells text, names and comments from the rest: enough to
 * find parameters and the ends of statements. Pure.
 */
final class SqlScan {

  private final String sql;
  private final List<Integer> semicolons = new ArrayList<>();
  private final List<Span> parameters = new ArrayList<>();
  private int lastCode = -1;

  /** Where a parameter stands, its {@code @} included. */
  private record Span(int from, int to) {}

  private SqlScan(String sql) {
    this.sql = sql;
    scan();
  }

  /** Names of the parameters that a statement uses, in lower case. */
  static Set<String> parameters(String sql) {
    var scan = new SqlScan(sql);
    var names = new TreeSet<String>();
    scan.parameters.forEach(span -> names.add(scan.name(span)));
    return names;
  }

  /** A statement with every parameter replaced; {@code literal} is given names in lower case. */
  static String inlined(String sql, UnaryOperator<String> literal) {
    var scan = new SqlScan(sql);
    var text = new StringBuilder();
    var at = 0;
    for (var span : scan.parameters) {
      text.append(sql, at, span.from()).append(literal.apply(scan.name(span)));
      at = span.to();
    }
    return text.append(sql.substring(at)).toString();
  }

  /**
   * The one query that a text is, without a semicolon at its end, so that it can be put into
   * another statement and nothing after it is run.
   */
  static String single(String path, String sql) {
    var scan = new SqlScan(sql);
    for (var semicolon : scan.semicolons) {
      if (semicolon != scan.lastCode) {
        throw new ActionNeededFailure(
            WarehouseReason.INVALID_QUERY,
            "%s: the SQL must be one query, but a semicolon ends it at [%d:%d] and more follows. Keep one SELECT."
                .formatted(path, scan.line(semicolon), scan.column(semicolon)));
      }
    }
    return scan.semicolons.isEmpty()
        ? sql
        : sql.substring(0, scan.lastCode) + sql.substring(scan.lastCode + 1);
  }

  private String name(Span span) {
    return sql.substring(span.from() + 1, span.to()).toLowerCase(Locale.ROOT);
  }

  private int line(int at) {
    return (int) sql.substring(0, at).chars().filter(c -> c == '\n').count() + 1;
  }

  private int column(int at) {
    return at - sql.lastIndexOf('\n', at - 1);
  }

  private void scan() {
    var at = 0;
    while (at < sql.length()) {
      var c = sql.charAt(at);
      if (c == '#' || sql.startsWith("--", at)) {
        at = after("\n", at);
      } else if (sql.startsWith("/*", at)) {
        at = after("*/", at + 2);
      } else if (!Character.isWhitespace(c)) {
        var end = token(at, c);
        lastCode = end - 1;
        at = end;
      } else {
        at++;
      }
    }
  }

  /** The end of what begins here. */
  private int token(int at, char c) {
    if (c == '\'' || c == '"') {
      return quoted(at);
    }
    if (c == '`') {
      return closing("`", at + 1);
    }
    if (Character.isLetter(c) || c == '_') {
      return word(at);
    }
    if (sql.startsWith("@@", at)) {
      return word(at + 2);
    }
    if (c == '@' && at + 1 < sql.length() && isWord(sql.charAt(at + 1))) {
      var end = word(at + 1);
      parameters.add(new Span(at, end));
      return end;
    }
    if (c == ';') {
      semicolons.add(at);
    }
    return at + 1;
  }

  /** A word, or a text whose prefix it is: {@code r'…'}, {@code b"…"}. */
  private int word(int at) {
    var end = at;
    while (end < sql.length() && isWord(sql.charAt(end))) {
      end++;
    }
    var quote = end < sql.length() && (sql.charAt(end) == '\'' || sql.charAt(end) == '"');
    var prefix = sql.substring(at, end);
    return quote && prefix.matches("(?i)r|b|rb|br") ? quoted(end) : end;
  }

  private static boolean isWord(char c) {
    return Character.isLetterOrDigit(c) || c == '_';
  }

  private int quoted(int at) {
    var one = sql.substring(at, at + 1);
    var three = one.repeat(3);
    return sql.startsWith(three, at) ? closing(three, at + 3) : closing(one, at + 1);
  }

  /** A backslash keeps a quote from closing in raw texts too, where it stands for itself. */
  private int closing(String quote, int from) {
    for (var at = from; at < sql.length(); at++) {
      if (sql.charAt(at) == '\\') {
        at++;
      } else if (sql.startsWith(quote, at)) {
        return at + quote.length();
      }
    }
    return sql.length();
  }

  private int after(String end, int from) {
    var at = sql.indexOf(end, from);
    return at < 0 ? sql.length() : at + end.length();
  }
}
