package dev.naru.bigquery;

import java.util.regex.Pattern;

/**
 * What servers say about data they could not use, without the data: they quote values of rows, and
 * the text goes into status, events, logs and the ledger. Names stay, for they say what to mend.
 * Pure.
 */
public final class ServerText {

  /** What stands for a value. */
  static final String WITHHELD = "…";

  /** Words in front of a quoted name. */
  private static final Pattern NAMES =
      Pattern.compile(
          "\\b(column|field|table|view|relation|function|operator|schema|database|dataset|project"
              + "|bucket|type|job|constraint|index|user|role|extension|for|in)s?( name)?:? ?\\(?$",
          Pattern.CASE_INSENSITIVE);

  /** BigQuery's unquoted way: {@code Bad int64 value: 12ab}. */
  private static final Pattern AFTER_VALUE =
      Pattern.compile("\\b(values?:) (?!…)[^;,]*?(?=[;,]|$| (?:for|in|at|to|of|is)\\b)");

  private ServerText() {}

  /**
   * The text with every value replaced by {@value #WITHHELD}. Servers do not escape quotes within a
   * value, so all from its opening quote to the last quote of that sort is taken for it.
   */
  public static String withoutValues(String text) {
    var result = new StringBuilder();
    var at = 0;
    while (at < text.length()) {
      var open = opening(text, at);
      if (open < 0) {
        break;
      }
      var quote = text.charAt(open);
      var isName = NAMES.matcher(text.substring(0, open)).find();
      var close = isName ? text.indexOf(quote, open + 1) : text.lastIndexOf(quote);
      if (close <= open) {
        // cut off in the middle of a value
        close = text.length() - 1;
      }
      result.append(text, at, open);
      result.append(isName ? text.substring(open, close + 1) : WITHHELD);
      at = close + 1;
    }
    result.append(text.substring(Math.min(at, text.length())));
    return AFTER_VALUE.matcher(result).replaceAll("$1 " + WITHHELD);
  }

  /** The next quote that opens something; an apostrophe within a word does not. */
  private static int opening(String text, int from) {
    for (var at = from; at < text.length(); at++) {
      var c = text.charAt(at);
      if (c == '"' || (c == '\'' && (at == 0 || !Character.isLetterOrDigit(text.charAt(at - 1))))) {
        return at;
      }
    }
    return -1;
  }
}
