package dev.naru.bigquery.fake;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs the statements that Naru writes; anything else is an error. */
final class Script {

  private static final String TABLE = "(`[^`]+`\\.`[^`]+`\\.`[^`]+`)";
  private static final Pattern ABORT =
      pattern("SELECT IF\\((.+), ERROR\\(('(?:[^'\\\\]|\\\\.)*')\\), 0\\)");
  private static final Pattern EXISTS =
      pattern("EXISTS \\(SELECT 1 FROM " + TABLE + " WHERE (.+)\\)");
  private static final Pattern TERM = pattern("(\\S+) (=|!=|<|>) (.+)");
  private static final Pattern LATEST =
      pattern(
          "IFNULL\\(\\(SELECT run_key FROM "
              + TABLE
              + " WHERE (.+) ORDER BY recorded_at DESC LIMIT 1\\), ''\\) != ('.*')");
  private static final Pattern COUNT =
      pattern("\\(SELECT COUNT\\(\\*\\) FROM " + TABLE + "\\) != (\\d+)");
  private static final Pattern TRUNCATE = pattern("TRUNCATE TABLE " + TABLE);
  private static final Pattern DELETE =
      pattern(
          "DELETE FROM "
              + TABLE
              + " AS (?:t|naru_old) WHERE EXISTS \\(SELECT 1 FROM "
              + TABLE
              + " AS (?:s|naru_new) WHERE (.+)\\)");
  private static final Pattern SAME = pattern("(.+) = (.+)");
  private static final Pattern TEXT = pattern("TO_JSON_STRING\\((.+)\\)");
  private static final Pattern CAST = pattern("CAST\\((.+) AS (\\w+)\\)");
  private static final Pattern COPY =
      pattern(
          "INSERT INTO "
              + TABLE
              + " \\((.+?)\\) SELECT (.+?) FROM "
              + TABLE
              + "( WHERE TRUE QUALIFY ROW_NUMBER\\(\\) OVER \\(PARTITION BY (.+?)(?: ORDER BY (.+?) DESC)?\\) = 1)?");
  private static final Pattern VALUES =
      pattern("INSERT INTO " + TABLE + " \\((.+?)\\) VALUES \\((.+)\\)");
  private static final Pattern WIDEN =
      pattern("ALTER TABLE " + TABLE + " ALTER COLUMN `(\\w+)` SET DATA TYPE (\\w+)(\\(.+\\))?");
  private static final Pattern READ =
      pattern("SELECT (.+?) FROM " + TABLE + " WHERE (.+) ORDER BY recorded_at DESC LIMIT 1");

  /** Statements after which a script without a transaction ends with an error. */
  final List<Predicate<String>> stops = new ArrayList<>();

  private final Store store;
  private final MartStatements marts;
  private List<List<Object>> answered = List.of();
  private final List<Form> forms =
      List.of(
          new Form(ABORT, this::abort),
          new Form(TRUNCATE, m -> table(m.group(1)).rows.clear()),
          new Form(DELETE, m -> delete(table(m.group(1)), table(m.group(2)), m.group(3))),
          new Form(VALUES, m -> insertValues(table(m.group(1)), m.group(2), m.group(3))),
          new Form(COPY, this::copy),
          new Form(WIDEN, m -> widen(table(m.group(1)), m.group(2), m.group(3))));

  Script(Store store) {
    this.store = store;
    this.marts = new MartStatements(store);
  }

  /** A statement that is understood, and what it does. */
  private record Form(Pattern sql, Consumer<Matcher> effect) {}

  private static Pattern pattern(String regex) {
    return Pattern.compile(regex, Pattern.DOTALL);
  }

  private static final class TakenBack extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** Finds what is wrong with a script, and changes nothing. */
  void dryRun(String sql) {
    try {
      store.atomically(
          () -> {
            SqlText.statements(sql).forEach(this::statement);
            throw new TakenBack();
          });
    } catch (TakenBack e) {
      // it would have worked
    }
  }

  /** Runs a script; a transaction is all or nothing. Answers the rows of its last SELECT. */
  List<List<Object>> run(String sql) {
    answered = List.of();
    var statements = SqlText.statements(sql);
    var transaction = statements.contains("BEGIN TRANSACTION");
    if (transaction && !statements.getLast().equals("COMMIT TRANSACTION")) {
      throw new ApiFailure(400, "invalidQuery", "the transaction is never committed");
    }
    var last = statements.stream().filter(it -> stops.removeIf(stop -> stop.test(it))).findFirst();
    if (last.isPresent()) {
      statements.subList(0, statements.indexOf(last.get()) + 1).forEach(this::statement);
      throw new ApiFailure(400, "backendError", "Stopped between two statements");
    }
    store.atomically(() -> statements.forEach(this::statement));
    return answered;
  }

  /** The rows of a SELECT from a ledger, as cells. */
  List<List<Object>> select(String sql) {
    var known = marts.select(SqlText.statements(sql).getFirst());
    if (known.isPresent()) {
      return known.get();
    }
    var read = match(READ, SqlText.statements(sql).getFirst());
    return latest(read.group(2), read.group(3)).stream()
        .map(row -> SqlText.list(read.group(1)).stream().map(e -> cell(e, row)).toList())
        .toList();
  }

  private static Object cell(String expression, Map<String, Object> row) {
    var micros = pattern("UNIX_MICROS\\((\\w+)\\)").matcher(expression);
    if (micros.matches()) {
      var value = (Instant) row.get(micros.group(1));
      return value == null
          ? null
          : java.time.temporal.ChronoUnit.MICROS.between(Instant.EPOCH, value);
    }
    if (!row.containsKey(expression)) {
      throw new ApiFailure(400, "invalidQuery", "Unrecognized name: " + expression);
    }
    return row.get(expression);
  }

  private void statement(String sql) {
    if (!sql.equals("BEGIN TRANSACTION") && !sql.equals("COMMIT TRANSACTION")) {
      if (marts.run(sql)) {
        return;
      }
      for (var form : forms) {
        var matcher = form.sql().matcher(sql);
        if (matcher.matches()) {
          form.effect().accept(matcher);
          return;
        }
      }
      var rows = marts.select(sql);
      if (rows.isPresent()) {
        answered = rows.get();
        return;
      }
      throw unknown(sql);
    }
  }

  private void abort(Matcher m) {
    if (holds(m.group(1))) {
      throw new ApiFailure(400, "invalidQuery", (String) SqlText.literal(m.group(2), store));
    }
  }

  private boolean holds(String condition) {
    var exists = EXISTS.matcher(condition);
    if (exists.matches()) {
      return !where(exists.group(1), exists.group(2)).isEmpty();
    }
    var latest = LATEST.matcher(condition);
    if (latest.matches()) {
      var rows = latest(latest.group(1), latest.group(2));
      var key = rows.isEmpty() ? "" : rows.getFirst().get("run_key");
      return !key.equals(SqlText.literal(latest.group(3), store));
    }
    var count = match(COUNT, condition);
    return table(count.group(1)).rows.size() != Long.parseLong(count.group(2));
  }

  private List<Map<String, Object>> latest(String table, String condition) {
    return where(table, condition).stream()
        .sorted(
            (a, b) -> ((Instant) b.get("recorded_at")).compareTo((Instant) a.get("recorded_at")))
        .limit(1)
        .toList();
  }

  private List<Map<String, Object>> where(String table, String condition) {
    return table(table).rows.stream()
        .filter(
            row ->
                SqlText.split(condition, " AND ").stream()
                    .allMatch(term -> holds(match(TERM, term), row)))
        .toList();
  }

  private boolean holds(Matcher term, Map<String, Object> row) {
    var value = cell(term.group(1), row);
    var other = SqlText.literal(term.group(3), store);
    return switch (term.group(2)) {
      case "=" -> Objects.equals(value, other);
      case "!=" -> !Objects.equals(value, other);
      case "<" -> SqlText.compare(value, other) < 0;
      default -> SqlText.compare(value, other) > 0;
    };
  }

  private void delete(FakeTable target, FakeTable staging, String condition) {
    var terms = SqlText.split(condition, " AND ").stream().map(t -> match(SAME, t)).toList();
    var keys = new java.util.HashSet<List<Object>>();
    for (var row : staging.rows) {
      var key = terms.stream().map(t -> value(t.group(1), row)).toList();
      // SQL: NULL is equal to nothing, not even to NULL
      if (key.stream().noneMatch(SqlText::isNull)) {
        keys.add(key);
      }
    }
    target.rows.removeIf(
        row -> keys.contains(terms.stream().map(t -> value(t.group(2), row)).toList()));
  }

  private Object value(String expression, Map<String, Object> row) {
    var text = TEXT.matcher(expression);
    if (text.matches()) {
      var value = value(text.group(1), row);
      return value instanceof String string ? "\"" + string + "\"" : "json " + value;
    }
    var cast = CAST.matcher(expression);
    if (cast.matches()) {
      return SqlText.cast(value(cast.group(1), row), cast.group(2));
    }
    var name =
        FakeTable.key(
            expression.replaceFirst("^(?:s|t|naru_new|naru_old)\\.", "").replace("`", ""));
    if (!row.containsKey(name)) {
      throw new ApiFailure(400, "invalidQuery", "Unrecognized name: " + name);
    }
    var value = row.get(name);
    return value == null ? SqlText.NULL : value;
  }

  private void copy(Matcher m) {
    var target = table(m.group(1));
    var names = SqlText.list(m.group(2));
    var expressions = SqlText.list(m.group(3));
    var rows = List.copyOf(table(m.group(4)).rows);
    if (m.group(5) != null) {
      rows = newest(rows, SqlText.list(m.group(6)), m.group(7));
    }
    for (var row : rows) {
      var values = new HashMap<String, Object>();
      for (var i = 0; i < names.size(); i++) {
        var value = value(expressions.get(i), row);
        values.put(
            FakeTable.key(names.get(i).replace("`", "")), SqlText.isNull(value) ? null : value);
      }
      target.insert(values);
    }
  }

  private List<Map<String, Object>> newest(
      List<Map<String, Object>> rows, List<String> key, String cursor) {
    var kept = new LinkedHashMap<List<Object>, Map<String, Object>>();
    for (var row : rows) {
      kept.merge(
          key.stream().map(k -> value(k, row)).toList(),
          row,
          (a, b) ->
              cursor == null || SqlText.compare(value(cursor, a), value(cursor, b)) >= 0 ? a : b);
    }
    return new ArrayList<>(kept.values());
  }

  private void insertValues(FakeTable table, String names, String literals) {
    var columns = SqlText.list(names);
    var values = SqlText.list(literals);
    var row = new HashMap<String, Object>();
    for (var i = 0; i < columns.size(); i++) {
      row.put(FakeTable.key(columns.get(i)), SqlText.literal(values.get(i), store));
    }
    table.insert(row);
  }

  private void widen(FakeTable table, String column, String type) {
    var field = (com.fasterxml.jackson.databind.node.ObjectNode) table.fields().get(column);
    if (field == null) {
      throw new ApiFailure(400, "invalidQuery", "ALTER TABLE: Column not found: " + column);
    }
    field.put("type", type);
    table.rows.forEach(
        row -> row.computeIfPresent(column, (name, value) -> SqlText.cast(value, type)));
    table.etag++;
  }

  private FakeTable table(String quoted) {
    return store.table(quoted.replace("`", ""));
  }

  private static Matcher match(Pattern pattern, String sql) {
    var matcher = pattern.matcher(sql);
    if (!matcher.matches()) {
      throw unknown(sql);
    }
    return matcher;
  }

  private static ApiFailure unknown(String sql) {
    return new ApiFailure(400, "invalidQuery", "FakeBigQuery does not know: " + sql);
  }
}
