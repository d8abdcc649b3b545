package dev.naru.worker.source;

import dev.naru.bigquery.ActionNeededFailure;
import java.util.Locale;
import java.util.Set;

/**
 * Checks that a filter is one predicate that cannot leave the parentheses it is wrapped in. What it
 * may read is decided by the rights of the database user; this check is about mistakes and about
 * text that would end the statement.
 */
public final class Filter {

  private static final Set<String> REFUSED_WORDS = Set.of("SELECT", "TABLE", "WITH", "INTO");

  private final String text;
  private final char identifierQuote;
  private final boolean hashComments;
  private int at;
  private int depth;

  private Filter(String text, char identifierQuote, boolean hashComments) {
    this.text = text;
    this.identifierQuote = identifierQuote;
    this.hashComments = hashComments;
  }

  /** Refuses what is not a PostgreSQL predicate on its own. */
  public static void checkPostgresql(String filter) {
    new Filter(filter, '"', false).check();
  }

  /** Refuses what is not a MySQL or MariaDB predicate on its own. */
  public static void checkMysql(String filter) {
    new Filter(filter, '`', true).check();
  }

  private void check() {
    if (text.isBlank()) {
      throw refused(0, "it is empty", "leave the field out to read all rows");
    }
    while (at < text.length()) {
      step(text.charAt(at));
    }
    if (depth > 0) {
      throw refused(text.length() - 1, "a '(' is never closed", "add the missing ')'");
    }
  }

  private void step(char c) {
    if (c == '\'' || c == '"' || c == identifierQuote) {
      quoted(c);
    } else if (Character.isLetter(c) || c == '_') {
      word();
    } else {
      symbol(c);
      at++;
    }
  }

  private void symbol(char c) {
    switch (c) {
      case '(' -> depth++;
      case ')' -> {
        if (--depth < 0) {
          throw refused(at, "this ')' closes nothing", "remove it or add a '(' in front");
        }
      }
      case ';' -> throw refused(at, "';' is not allowed", "write one predicate, no statement");
      case '$' ->
          throw refused(at, "'$' is not allowed outside quotes", "quote text with single quotes");
      case '\\', '\0' ->
          throw refused(at, "this character is not allowed outside quotes", "remove it");
      case '-' -> comment("--", at);
      case '/' -> comment("/*", at);
      case '#' -> {
        if (hashComments) {
          throw refused(at, "comments are not allowed", "remove the comment");
        }
      }
      default -> {}
    }
  }

  private void comment(String opener, int position) {
    if (text.startsWith(opener, position)) {
      throw refused(position, "comments are not allowed", "remove the comment");
    }
  }

  private void quoted(char quote) {
    var start = at;
    for (at++; at < text.length(); at++) {
      var c = text.charAt(at);
      if (c == '\\' && at + 1 < text.length() && text.charAt(at + 1) == quote) {
        throw refused(
            at, "a backslash in front of a quote is not allowed", "double the quote instead");
      }
      if (c == quote) {
        if (at + 1 < text.length() && text.charAt(at + 1) == quote) {
          at++;
        } else {
          at++;
          return;
        }
      }
    }
    throw refused(start, "this quote is never closed", "add the closing quote");
  }

  private void word() {
    var start = at;
    while (at < text.length() && isWordPart(text.charAt(at))) {
      at++;
    }
    var word = text.substring(start, at).toUpperCase(Locale.ROOT);
    if (REFUSED_WORDS.contains(word)) {
      throw refused(
          start,
          "%s is not allowed: a filter looks at the columns of its own table only".formatted(word),
          "use a view in the database for anything else");
    }
  }

  private static boolean isWordPart(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '$';
  }

  private ActionNeededFailure refused(int position, String what, String fix) {
    return new ActionNeededFailure(
        SourceReason.FILTER_INVALID,
        "spec.source.filter, character %d: %s; %s. The filter is one SQL predicate, e.g. status <> 'DRAFT'."
            .formatted(position + 1, what, fix));
  }
}
