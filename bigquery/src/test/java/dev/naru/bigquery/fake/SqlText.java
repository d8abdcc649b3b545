package dev.naru.bigquery.fake;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Splitting of SQL text outside of quotes and parentheses, and its literals. */
final class SqlText {

  /** Stands for NULL where a collection cannot hold {@code null}. */
  static final Object NULL = Null.NULL;

  private enum Null {
    NULL
  }

  private SqlText() {}

  /** Statements on one line each, without their semicolons. */
  static List<String> statements(String sql) {
    return split(oneLine(sql), ";").stream()
        .map(String::strip)
        .filter(statement -> !statement.isEmpty())
        .toList();
  }

  static List<String> list(String text) {
    return split(text, ",").stream().map(String::strip).toList();
  }

  /** Splits at a separator that stands outside of quotes and parentheses. */
  static List<String> split(String text, String separator) {
    var parts = new ArrayList<String>();
    var depth = 0;
    var quoted = false;
    var from = 0;
    for (var i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      if (quoted) {
        if (c == '\\') {
          i++;
        } else if (c == '\'') {
          quoted = false;
        }
      } else if (c == '\'') {
        quoted = true;
      } else if (c == '(') {
        depth++;
      } else if (c == ')') {
        depth--;
      } else if (depth == 0 && text.startsWith(separator, i)) {
        parts.add(text.substring(from, i));
        from = i + separator.length();
        i = from - 1;
      }
    }
    parts.add(text.substring(from));
    return parts;
  }

  /** White space outside of quotes becomes one blank. */
  private static String oneLine(String sql) {
    var out = new StringBuilder();
    var quoted = false;
    for (var i = 0; i < sql.length(); i++) {
      var c = sql.charAt(i);
      if (quoted && c == '\\') {
        out.append(c).append(sql.charAt(++i));
        continue;
      }
      if (c == '\'') {
        quoted = !quoted;
      }
      if (!quoted && Character.isWhitespace(c)) {
        if (!out.isEmpty() && out.charAt(out.length() - 1) != ' ') {
          out.append(' ');
        }
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  /** The value of a literal; {@code null} for a typed NULL. */
  static Object literal(String text, Store store) {
    if (text.startsWith("CAST(NULL AS")) {
      return null;
    }
    if (text.equals("CURRENT_TIMESTAMP()")) {
      return store.now();
    }
    if (text.startsWith("TIMESTAMP '")) {
      return Instant.parse(text.substring("TIMESTAMP '".length(), text.length() - 1));
    }
    if (text.startsWith("DATE '")) {
      return java.time.LocalDate.parse(text.substring("DATE '".length(), text.length() - 1));
    }
    if (text.startsWith("'") && text.endsWith("'")) {
      return unescape(text.substring(1, text.length() - 1));
    }
    if (text.matches("-?\\d+")) {
      return Long.valueOf(text);
    }
    throw new ApiFailure(400, "invalidQuery", "FakeBigQuery does not know the literal " + text);
  }

  private static String unescape(String text) {
    var out = new StringBuilder();
    for (var i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      if (c != '\\') {
        out.append(c);
        continue;
      }
      var next = text.charAt(++i);
      out.append(
          switch (next) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case '0' -> '\0';
            case '\\', '\'' -> next;
            default ->
                throw new ApiFailure(400, "invalidQuery", "Illegal escape sequence: \\" + next);
          });
    }
    return out.toString();
  }

  static Object cast(Object value, String type) {
    if (isNull(value)) {
      return value;
    }
    if (type.endsWith("NUMERIC") && value instanceof Number number) {
      return new BigDecimal(number.toString());
    }
    throw new ApiFailure(400, "invalidQuery", "Invalid cast from " + value + " to " + type);
  }

  /** NULL sorts first, so it is last in descending order. */
  @SuppressWarnings({"unchecked", "rawtypes"})
  static int compare(Object a, Object b) {
    if (isNull(a) || isNull(b)) {
      return Boolean.compare(isNull(b), isNull(a));
    }
    return ((Comparable) a).compareTo(b);
  }

  static boolean isNull(Object value) {
    return NULL.equals(value);
  }
}
