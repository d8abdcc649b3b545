package dev.naru.sql.analyzer;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;

/** Makes one to five mistakes in a statement. */
final class Mutations {

  private static final Pattern TOKEN =
      Pattern.compile("\\s+|\\w+|`[^`]*`|'[^']*'|\\|>|\\|\\||[^\\w\\s]");

  private static final List<String> ODD =
      List.of(
          "(",
          ")",
          "[",
          "]",
          "{",
          "}",
          "<",
          ">",
          ",",
          ";",
          ".",
          "`",
          "'",
          "\"",
          "'''",
          "@",
          "@@",
          "?",
          "-",
          "--",
          "/*",
          "*/",
          "\\",
          "|>",
          "=>",
          "->",
          "*",
          "\u0000",
          "\n",
          "\t",
          "한",
          "😀",
          "1e999",
          "0x",
          "9223372036854775808",
          "NULL",
          "SELECT",
          "FROM",
          "WITH RECURSIVE",
          "UNNEST",
          "STRUCT<",
          "ARRAY<",
          "OVER (",
          "QUALIFY",
          "PIVOT (",
          "MATCH_RECOGNIZE",
          "GRAPH_TABLE",
          "EXECUTE IMMEDIATE",
          "BEGIN",
          "END",
          "LOOP",
          "CREATE TEMP FUNCTION",
          "RETURN",
          "CALL",
          "SAFE.",
          "NET.",
          "KEYS.",
          "_TABLE_SUFFIX",
          "$col1",
          "INTERVAL",
          "RANGE<",
          "b'",
          "r'",
          "/",
          "%",
          "~",
          "!",
          "#",
          "&&",
          "::");

  private Mutations() {}

  static String of(String sql, List<Corpus.Entry> corpus, Random random) {
    var tokens = tokens(sql);
    for (var mistakes = 1 + random.nextInt(5); mistakes > 0; mistakes--) {
      mistake(tokens, corpus, random);
    }
    return String.join("", tokens);
  }

  private static void mistake(List<String> tokens, List<Corpus.Entry> corpus, Random random) {
    if (tokens.isEmpty()) {
      tokens.add("SELECT");
    }
    var at = random.nextInt(tokens.size());
    switch (random.nextInt(9)) {
      case 0 -> tokens.remove(at);
      case 1 -> tokens.add(at, tokens.get(at));
      case 2 -> tokens.add(at, " " + ODD.get(random.nextInt(ODD.size())) + " ");
      case 3 -> tokens.set(at, ODD.get(random.nextInt(ODD.size())));
      case 4 -> tokens.set(at, tokens.set(random.nextInt(tokens.size()), tokens.get(at)));
      case 5 -> tokens.subList(at, tokens.size()).clear();
      case 6 -> tokens.set(at, misspelt(tokens.get(at), random));
      case 7 -> {
        var other = tokens(corpus.get(random.nextInt(corpus.size())).sql());
        var from = random.nextInt(other.size());
        tokens.addAll(at, other.subList(from, Math.min(other.size(), from + 8)));
      }
      default -> tokens.addAll(at, List.of("(", "SELECT 1", ")"));
    }
  }

  private static String misspelt(String token, Random random) {
    var at = random.nextInt(token.length());
    return token.substring(0, at) + (char) ('a' + random.nextInt(26)) + token.substring(at + 1);
  }

  private static List<String> tokens(String sql) {
    var tokens = new ArrayList<String>();
    var matcher = TOKEN.matcher(sql);
    while (matcher.find()) {
      tokens.add(matcher.group());
    }
    return tokens;
  }
}
