package dev.naru.bigquery.fake;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The statements of marts; a query is {@code SELECT * FROM table}. */
final class MartStatements {

  private static final String T = "(`[^`]+`\\.`[^`]+`\\.`[^`]+`)";
  private static final Pattern OPTION =
      Pattern.compile("\\(('[^']*'), ('[^']*')\\)|expiration_timestamp = (TIMESTAMP '[^']+')");
  private static final Pattern ALL =
      Pattern.compile("SELECT (?:\\*|`\\w+`(?:, `\\w+`)*) FROM " + T + "(?: AS `\\w+`)?");
  private static final Pattern PREVIEW =
      Pattern.compile(
          "(SELECT .+ FROM "
              + T
              + ") UNION ALL SELECT .+ FROM "
              + T
              + " AS naru_old WHERE \\(naru_old\\.`(\\w+)` < (.+) OR naru_old\\.`\\w+` >= (.+) OR naru_old\\.`\\w+` IS NULL\\)");
  private static final Pattern PUBLISHED =
      Pattern.compile("SELECT target, row_count, publish_job FROM " + T + " WHERE (.+)");

  /** Keys that occur more than once, in front of rows without a value. */
  private static final Pattern CHECK =
      Pattern.compile(
          "SELECT (?:\\(SELECT COUNT\\(\\*\\) FROM \\(SELECT COUNT\\(\\*\\) AS n FROM (?<keyed>"
              + T
              + ") GROUP BY (?<key>.+) HAVING COUNT\\(\\*\\) > 1\\)\\) AS c0, )?t\\.c\\d FROM \\( SELECT COUNTIF\\(`(?<column>\\w+)` IS NULL\\) AS c\\d FROM (?<table>"
              + T
              + ") \\) AS t");

  private static final String CREATE = "CREATE OR REPLACE ";

  private final Store store;
  private final Map<Pattern, Consumer<Matcher>> forms = new LinkedHashMap<>();

  MartStatements(Store store) {
    this.store = store;
    form(CREATE + "TABLE " + T + " OPTIONS \\((.+)\\) AS \\( (.+) \\)", m -> create(m, "TABLE"));
    form(CREATE + "VIEW " + T + " OPTIONS \\((.+)\\) AS (.+)", m -> create(m, "VIEW"));
    form(
        CREATE + "MATERIALIZED VIEW " + T + " OPTIONS \\((.+)\\) AS (.+)",
        m -> create(m, "MATERIALIZED_VIEW"));
    form("DROP (?:MATERIALIZED )?VIEW " + T, m -> store.tables.remove(id(m.group(1))));
    form("ALTER TABLE " + T + " RENAME TO `([^`]+)`", this::rename);
    form(
        "SELECT IF\\(EXISTS \\(SELECT 1 FROM " + T + "\\), ERROR\\(('.+')\\), 0\\)",
        m -> abortIf(!table(m.group(1)).rows.isEmpty(), m.group(2), ""));
    form(
        "SELECT IF\\(n > 0, ERROR\\(CONCAT\\(('.+'), CAST\\(n AS STRING\\)\\)\\), 0\\) FROM \\(SELECT COUNTIF\\(\\(`(\\w+)` < (.+) OR `\\w+` >= (.+) OR `\\w+` IS NULL\\)\\) AS n FROM "
            + T
            + "\\)",
        this::guardWindow);
    form(
        "SELECT \\* FROM " + T + " WHERE `(\\w+)` >= (.+) AND `\\w+` < (.+)",
        m -> store.table(id(m.group(1))));
    form("DELETE FROM " + T + " WHERE `(\\w+)` >= (.+) AND `\\w+` < (.+)", this::deleteWindow);
    form(
        "INSERT INTO "
            + T
            + " \\((.+)\\) SELECT .+ FROM "
            + T
            + " AS naru_new WHERE TRUE QUALIFY ROW_NUMBER\\(\\) OVER \\(PARTITION BY (.+) ORDER BY TO_JSON_STRING\\(naru_new\\)\\) = 1",
        this::insertOnePerKey);
  }

  private void form(String sql, Consumer<Matcher> effect) {
    forms.put(Pattern.compile(sql, Pattern.DOTALL), effect);
  }

  /** Whether the statement is one of these; then it has been run. */
  boolean run(String sql) {
    for (var form : forms.entrySet()) {
      var matcher = form.getKey().matcher(sql);
      if (matcher.matches()) {
        form.getValue().accept(matcher);
        return true;
      }
    }
    return false;
  }

  /** The rows of a SELECT, when it is one of these. */
  Optional<List<List<Object>>> select(String sql) {
    if (sql.equals("SELECT SESSION_USER()")) {
      return Optional.of(List.of(List.of("fake@example.com")));
    }
    var all = ALL.matcher(sql);
    if (all.matches()) {
      table(all.group(1));
      return Optional.of(List.of());
    }
    var published = PUBLISHED.matcher(sql);
    if (published.matches()) {
      return Optional.of(
          table(published.group(1)).rows.stream()
              .filter(row -> holds(published.group(2), row))
              .map(
                  row ->
                      Arrays.asList(
                          row.get("target"), row.get("row_count"), row.get("publish_job")))
              .toList());
    }
    var check = CHECK.matcher(sql);
    if (check.matches()) {
      var found = new ArrayList<Object>();
      if (check.group("keyed") != null) {
        found.add(keysTwice(table(check.group("keyed")), keys(check.group("key"))));
      }
      found.add(
          table(check.group("table")).rows.stream()
              .filter(row -> row.get(check.group("column")) == null)
              .count());
      return Optional.of(List.of(found));
    }
    return Optional.empty();
  }

  private static long keysTwice(FakeTable table, List<String> key) {
    return table.rows.stream()
        .collect(Collectors.groupingBy(row -> values(row, key), Collectors.counting()))
        .values()
        .stream()
        .filter(count -> count > 1)
        .count();
  }

  private static List<String> keys(String list) {
    return SqlText.list(list).stream().map(MartStatements::column).toList();
  }

  private static List<Object> values(Map<String, Object> row, List<String> key) {
    return key.stream()
        .map(name -> Objects.requireNonNullElse(row.get(name), SqlText.NULL))
        .toList();
  }

  private boolean holds(String condition, Map<String, Object> row) {
    return SqlText.split(condition, " AND ").stream()
        .map(term -> SqlText.split(term, " = "))
        .allMatch(
            sides ->
                Objects.equals(
                    row.get(sides.get(0).strip()), SqlText.literal(sides.get(1).strip(), store)));
  }

  private void create(Matcher m, String type) {
    var query = ALL.matcher(m.group(3));
    var preview = PREVIEW.matcher(m.group(3));
    var isPreview = preview.matches();
    if (!query.matches() && !isPreview) {
      throw new ApiFailure(400, "invalidQuery", "FakeBigQuery does not know: " + m.group(3));
    }
    var source = table(isPreview ? preview.group(2) : query.group(1));
    var parts = id(m.group(1)).split("\\.", -1);
    if (!store.datasets.containsKey(parts[0] + "." + parts[1])) {
      throw ApiFailure.notFound("Dataset " + parts[0] + ":" + parts[1]);
    }
    var table = new FakeTable(resource(parts, type, m.group(2), source));
    var rows = new ArrayList<>(source.viewed.orElse(source.rows));
    if (type.equals("TABLE")) {
      table.rows = rows;
    } else {
      if (isPreview) {
        table(preview.group(3)).rows.stream()
            .filter(row -> !isWithin(row.get(preview.group(4)), preview.group(5), preview.group(6)))
            .forEach(rows::add);
      }
      table.viewed = Optional.of(rows);
      table
          .resource
          .putObject(type.equals("VIEW") ? "view" : "materializedView")
          .put("query", m.group(3));
    }
    store.tables.put(id(m.group(1)), table);
  }

  private ObjectNode resource(String[] parts, String type, String options, FakeTable source) {
    var resource = Store.JSON.createObjectNode().put("type", type);
    resource.put("creationTime", "" + store.now().toEpochMilli());
    resource
        .putObject("tableReference")
        .put("projectId", parts[0])
        .put("datasetId", parts[1])
        .put("tableId", parts[2]);
    resource.set("schema", source.resource.path("schema").deepCopy());
    resource.path("schema").path("fields").forEach(f -> ((ObjectNode) f).put("mode", "NULLABLE"));
    var labels = resource.putObject("labels");
    var option = OPTION.matcher(options);
    while (option.find()) {
      if (option.group(3) != null) {
        var expires = (java.time.Instant) SqlText.literal(option.group(3), store);
        resource.put("expirationTime", "" + expires.toEpochMilli());
      } else {
        labels.put(
            (String) SqlText.literal(option.group(1), store),
            (String) SqlText.literal(option.group(2), store));
      }
    }
    return resource;
  }

  private void rename(Matcher m) {
    var from = id(m.group(1));
    var table = store.table(from);
    var to = from.substring(0, from.lastIndexOf('.') + 1) + m.group(2);
    if (store.find(to).isPresent()) {
      throw new ApiFailure(400, "invalidQuery", "Already Exists: Table " + to);
    }
    store.tables.remove(from);
    table.resource.withObject("/tableReference").put("tableId", m.group(2));
    store.tables.put(to, table);
  }

  private void guardWindow(Matcher m) {
    var outside =
        table(m.group(5)).rows.stream()
            .filter(row -> !isWithin(row.get(m.group(2)), m.group(3), m.group(4)))
            .count();
    abortIf(outside > 0, m.group(1), "" + outside);
  }

  private void deleteWindow(Matcher m) {
    table(m.group(1)).rows.removeIf(row -> isWithin(row.get(m.group(2)), m.group(3), m.group(4)));
  }

  private boolean isWithin(Object value, String from, String to) {
    return value != null
        && SqlText.compare(value, SqlText.literal(from, store)) >= 0
        && SqlText.compare(value, SqlText.literal(to, store)) < 0;
  }

  private void insertOnePerKey(Matcher m) {
    var key = keys(m.group(4));
    var kept = new LinkedHashMap<List<Object>, Map<String, Object>>();
    for (var row : table(m.group(3)).rows) {
      kept.merge(
          values(row, key),
          row,
          (a, b) ->
              new TreeMap<>(a).toString().compareTo(new TreeMap<>(b).toString()) <= 0 ? a : b);
    }
    var names = keys(m.group(2));
    for (var row : kept.values()) {
      var values = new HashMap<String, Object>();
      names.forEach(name -> values.put(name, row.get(name)));
      table(m.group(1)).insert(values);
    }
  }

  private void abortIf(boolean condition, String text, String count) {
    if (condition) {
      throw new ApiFailure(400, "invalidQuery", SqlText.literal(text, store) + count);
    }
  }

  private static String column(String expression) {
    return FakeTable.key(expression.replaceAll("TO_JSON_STRING|[()`]|\\bnaru_new\\.", ""));
  }

  private FakeTable table(String quoted) {
    return store.table(id(quoted));
  }

  private static String id(String quoted) {
    return quoted.replace("`", "");
  }
}
