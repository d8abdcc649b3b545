package dev.naru.sql.analyzer;

import dev.naru.sql.SqlAnalyzer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

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

  /** A statement as large as may be asked, of the kinds that cost most; one in two is mistaken. */
  static String large(List<Corpus.Entry> corpus, Random random) {
    var room = SqlAnalyzer.LONGEST_STATEMENT - 4096;
    var size = random.nextInt(room / 8, room);
    var sql =
        switch (random.nextInt(6)) {
          case 0 ->
              repeated("SELECT 1 AS id", " UNION ALL SELECT id FROM raw_rental.cars", "", size);
          case 1 -> repeated("SELECT 1 AS x WHERE 1", " + 1", " > 0", size);
          case 2 -> repeated("SELECT id FROM raw_rental.cars WHERE id IN (0", ", 12345", ")", size);
          case 3 -> {
            var depth = random.nextInt(2, 400);
            yield "SELECT id FROM (".repeat(depth) + "SELECT id FROM cars" + ")".repeat(depth);
          }
          case 4 ->
              IntStream.range(0, random.nextInt(2, 200))
                  .mapToObj(" JOIN raw_rental.cars AS c%1$d ON a.id = c%1$d.id"::formatted)
                  .collect(Collectors.joining("", "SELECT a.id FROM raw_rental.cars AS a", ""));
          default -> {
            var one = corpus.get(random.nextInt(corpus.size())).sql().replaceAll(";\\s*$", "");
            yield repeated(
                "SELECT 1 FROM (" + one + ")", " UNION ALL SELECT 1 FROM (" + one + ")", "", size);
          }
        };
    return random.nextBoolean() ? sql : of(sql, corpus, random);
  }

  private static String repeated(String begin, String part, String end, int size) {
    return begin + part.repeat(Math.max(1, (size - begin.length()) / part.length())) + end;
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
