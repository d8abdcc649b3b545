package dev.naru.operator.mart;

import dev.naru.operator.mart.SqlNames.Name;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The names of a GoogleSQL text that stand where a table may stand: behind FROM, JOIN and the
 * commas between them, and behind TABLE in the arguments of a function. One that begins with an
 * alias in scope is an array of that table's rows and no table. Pure.
 */
final class TablePlaces {

  private static final Set<String> QUERY = Set.of("SELECT", "WITH", "FROM");

  /** Words behind which commas part no tables any more. */
  private static final Set<String> AFTER_FROM =
      Set.of("SELECT", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "QUALIFY", "WINDOW");

  /** One SELECT or pipe: what its FROM names. */
  private static final class Block {
    final Block outer;
    final Set<String> aliases = new HashSet<>();

    Block(Block outer) {
      this.outer = outer;
    }

    static String key(String alias) {
      return alias.toLowerCase(Locale.ROOT);
    }

    boolean knows(String alias) {
      return aliases.contains(key(alias)) || (outer != null && outer.knows(alias));
    }
  }

  /** What stands between two parentheses, as far as it was read. */
  private static final class Frame {
    Block block;

    /** Whether it is an item of a FROM, which an alias may follow. */
    boolean item;

    /** Whether it holds the arguments of EXTRACT, whose FROM names no table. */
    boolean extract;

    /** Whether it holds the arguments of a function. */
    boolean call;

    /** Whether a comma parts two tables. */
    boolean from;

    /** Whether a table comes next. */
    boolean expects;

    /** Whether an alias comes next. */
    boolean alias;

    /** Whether the arguments of a table function or of UNNEST come next. */
    boolean function;

    /** Whether the queries of a WITH come next. */
    boolean with;

    Frame(Block block) {
      this.block = block;
    }
  }

  private record Place(Name name, boolean array, Block outer) {}

  private final String sql;
  private final List<SqlTokens.Token> tokens;
  private final Deque<Frame> frames = new ArrayDeque<>();
  private final List<Place> places = new ArrayList<>();
  private int at;

  private TablePlaces(String sql, List<SqlTokens.Token> tokens) {
    this.sql = sql;
    this.tokens = tokens;
  }

  static List<Name> in(String sql, List<SqlTokens.Token> tokens) {
    return new TablePlaces(sql, tokens).read();
  }

  private List<Name> read() {
    frames.push(new Frame(new Block(null)));
    while (at < tokens.size()) {
      if (tokens.get(at).kind() == SqlTokens.Kind.SIGN) {
        sign();
        at++;
      } else {
        word();
      }
    }
    // aliases of the queries around are known only now: a SELECT may precede its FROM
    return places.stream()
        .filter(it -> !it.array())
        .filter(it -> it.outer() == null || !it.outer().knows(it.name().first()))
        .map(Place::name)
        .toList();
  }

  private void sign() {
    var frame = frames.peek();
    switch (tokens.get(at).text()) {
      case "(", "[" -> open(frame);
      case ")", "]" -> {
        if (frames.size() > 1) {
          var closed = frames.pop();
          frames.peek().alias = closed.item;
        }
      }
      case "," -> {
        frame.expects = frame.from;
        frame.alias = false;
      }
      case "|" -> {
        if (at + 1 < tokens.size() && tokens.get(at + 1).is(">")) {
          frame.from = false;
          frame.expects = false;
          frame.alias = false;
        }
      }
      default -> {
        frame.expects = false;
        frame.alias = false;
      }
    }
  }

  private void open(Frame frame) {
    var query = QUERY.contains(upper(at + 1));
    var before = upper(at - 1);
    Frame inner;
    if (frame.expects) {
      // what stands beside it in the FROM is in the scope of a join in parentheses only
      inner = new Frame(query ? new Block(frame.block.outer) : frame.block);
      inner.expects = !query;
      inner.from = !query;
      inner.item = true;
    } else {
      var common = frame.with && before.equals("AS");
      inner = new Frame(query ? new Block(common ? frame.block.outer : frame.block) : frame.block);
      inner.item = frame.function;
      inner.extract = before.equals("EXTRACT");
      inner.call = !before.isEmpty();
    }
    frame.expects = false;
    frame.alias = false;
    frame.function = false;
    frames.push(inner);
  }

  private void word() {
    var frame = frames.peek();
    var name = SqlNames.name(sql, tokens, at).orElseThrow();
    var word = name.parts().size() == 1 ? upper(at) : "";
    if (frame.alias && word.equals("AS")) {
      at++;
      return;
    }
    if (frame.alias) {
      frame.alias = false;
      if (SqlNames.isAlias(tokens.get(at))) {
        frame.block.aliases.add(Block.key(name.parts().getLast()));
        skip(name);
        return;
      }
    }
    if (!keyword(frame, word) && frame.expects) {
      item(frame, name, word);
    }
    skip(name);
  }

  /** Something of a FROM. */
  private void item(Frame frame, Name name, String word) {
    frame.expects = false;
    var next = after(name);
    if (next < tokens.size() && tokens.get(next).is("(")) {
      frame.function = true;
      return;
    }
    if (word.equals("LATERAL")) {
      frame.expects = true;
      return;
    }
    places.add(
        new Place(name, frame.block.aliases.contains(Block.key(name.first())), frame.block.outer));
    frame.alias = true;
    if (next >= tokens.size() || !SqlNames.isAlias(tokens.get(next))) {
      frame.block.aliases.add(Block.key(name.parts().getLast()));
    }
  }

  /** Whether a word is one that says where tables stand. */
  private boolean keyword(Frame frame, String word) {
    switch (word) {
      case "FROM" -> {
        if (frame.extract) {
          frame.extract = false;
        } else if (!upper(at - 1).equals("DISTINCT")) {
          frame.from = true;
          frame.expects = true;
          frame.with = false;
        }
      }
      case "JOIN" -> {
        frame.from = true;
        frame.expects = true;
      }
      case "TABLE" -> frame.expects = frame.call;
      case "WITH" -> frame.with = !upper(at + 1).equals("OFFSET");
      case "UNION", "INTERSECT", "EXCEPT" -> {
        if (Set.of("ALL", "DISTINCT").contains(upper(at + 1))) {
          frame.block = new Block(frame.block.outer);
          frame.from = false;
          frame.expects = false;
        }
      }
      case "AS" -> frame.alias = at > 1 && tokens.get(at - 1).is(">") && tokens.get(at - 2).is("|");
      case "ON" -> frame.expects = false;
      default -> {
        if (!AFTER_FROM.contains(word)) {
          return false;
        }
        frame.from = false;
        frame.expects = false;
        frame.with = frame.with && !word.equals("SELECT");
      }
    }
    return true;
  }

  private void skip(Name name) {
    at = after(name);
  }

  /** Index of the token behind a name. */
  private int after(Name name) {
    var next = at + 1;
    while (next < tokens.size() && tokens.get(next).start() < name.end()) {
      next++;
    }
    return next;
  }

  /** The word at an index; empty when there is none. */
  private String upper(int index) {
    return index < 0
            || index >= tokens.size()
            || tokens.get(index).kind() != SqlTokens.Kind.NAME
            || tokens.get(index).text().startsWith("`")
        ? ""
        : tokens.get(index).text().toUpperCase(Locale.ROOT);
  }
}
