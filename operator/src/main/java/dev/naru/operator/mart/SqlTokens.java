package dev.naru.operator.mart;

import java.util.ArrayList;
import java.util.List;

/** Names and signs of a GoogleSQL text; comments, strings, numbers and parameters are left out. */
final class SqlTokens {

  enum Kind {
    /** A word, or something in back quotes. */
    NAME,
    SIGN
  }

  /**
   * One token.
   *
   * @param text as it stands, back quotes included
   * @param start index of its first character
   * @param end index behind its last
   */
  record Token(Kind kind, String text, int start, int end) {

    boolean is(String sign) {
      return kind == Kind.SIGN && text.equals(sign);
    }
  }

  private final String sql;
  private final List<Token> tokens = new ArrayList<>();
  private int at;

  private SqlTokens(String sql) {
    this.sql = sql;
  }

  static List<Token> of(String sql) {
    var lexer = new SqlTokens(sql);
    while (lexer.at < sql.length()) {
      lexer.step();
    }
    return lexer.tokens;
  }

  private void step() {
    var c = sql.charAt(at);
    if (c == '#' || sql.startsWith("--", at)) {
      skipTo("\n");
    } else if (sql.startsWith("/*", at)) {
      at += 2;
      skipTo("*/");
    } else if (c == '\'' || c == '"') {
      skipString();
    } else if (c == '`') {
      quoted();
    } else if (c == '@') {
      // a parameter or a system variable is no table
      at++;
      while (at < sql.length() && (wordPart(sql.charAt(at)) || sql.charAt(at) == '@')) {
        at++;
      }
    } else if (Character.isDigit(c) || isFraction()) {
      while (at < sql.length() && (wordPart(sql.charAt(at)) || sql.charAt(at) == '.')) {
        at++;
      }
    } else if (wordPart(c)) {
      word();
    } else if (Character.isWhitespace(c)) {
      at++;
    } else {
      tokens.add(new Token(Kind.SIGN, sql.substring(at, at + 1), at, at + 1));
      at++;
    }
  }

  /** A number as in {@code .5}: its dot joins no names. */
  private boolean isFraction() {
    return sql.charAt(at) == '.'
        && at + 1 < sql.length()
        && Character.isDigit(sql.charAt(at + 1))
        && (at == 0 || !(wordPart(sql.charAt(at - 1)) || sql.charAt(at - 1) == '`'));
  }

  private void word() {
    var start = at;
    while (at < sql.length() && wordPart(sql.charAt(at))) {
      at++;
    }
    var text = sql.substring(start, at);
    var quote = at < sql.length() && (sql.charAt(at) == '\'' || sql.charAt(at) == '"');
    if (quote && text.matches("(?i)r|b|rb|br")) {
      skipString();
    } else {
      tokens.add(new Token(Kind.NAME, text, start, at));
    }
  }

  private void quoted() {
    var start = at;
    at++;
    while (at < sql.length() && sql.charAt(at) != '`') {
      at += sql.charAt(at) == '\\' ? 2 : 1;
    }
    at = Math.min(at + 1, sql.length());
    tokens.add(new Token(Kind.NAME, sql.substring(start, at), start, at));
  }

  /** In raw strings as well, a backslash keeps a quote from ending the string. */
  private void skipString() {
    var one = sql.substring(at, at + 1);
    var quote = sql.startsWith(one.repeat(3), at) ? one.repeat(3) : one;
    at += quote.length();
    while (at < sql.length() && !sql.startsWith(quote, at)) {
      at += sql.charAt(at) == '\\' ? 2 : 1;
    }
    at = Math.min(at + quote.length(), sql.length());
  }

  private void skipTo(String end) {
    var found = sql.indexOf(end, at);
    at = found < 0 ? sql.length() : found + end.length();
  }

  private static boolean wordPart(char c) {
    return c == '_' || Character.isLetterOrDigit(c) || Character.isSurrogate(c);
  }
}
