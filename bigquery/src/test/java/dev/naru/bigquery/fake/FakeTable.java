package dev.naru.bigquery.fake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A table: the resource as the API shows it, and its rows by lower-case column name. */
final class FakeTable {

  final ObjectNode resource;
  List<Map<String, Object>> rows = new ArrayList<>();

  /** What a view showed when it was made. */
  Optional<List<Map<String, Object>>> viewed = Optional.empty();

  final java.util.TreeMap<String, ObjectNode> policies = new java.util.TreeMap<>();
  long etag = 1;

  FakeTable(ObjectNode resource) {
    this.resource = resource;
  }

  FakeTable copy() {
    var copy = new FakeTable(resource.deepCopy());
    copy.rows = new ArrayList<>(rows);
    copy.etag = etag;
    copy.viewed = viewed;
    copy.policies.putAll(policies);
    return copy;
  }

  /** Its fields by lower-case name, in order. */
  Map<String, JsonNode> fields() {
    var fields = new java.util.LinkedHashMap<String, JsonNode>();
    resource
        .path("schema")
        .path("fields")
        .forEach(field -> fields.put(key(field.path("name").asText()), field));
    return fields;
  }

  /** Adds a row; checks names, REQUIRED and kinds as the real service does. */
  void insert(Map<String, Object> values) {
    var row = new HashMap<String, Object>();
    for (var entry : fields().entrySet()) {
      var value = values.get(entry.getKey());
      var field = entry.getValue();
      if (value == null && field.path("mode").asText().equals("REQUIRED")) {
        throw new ApiFailure(
            400,
            "invalidQuery",
            "Required field " + field.path("name").asText() + " cannot be null");
      }
      row.put(entry.getKey(), value);
    }
    for (var name : values.keySet()) {
      if (!row.containsKey(name)) {
        throw new ApiFailure(400, "invalidQuery", "Column " + name + " is not present in table");
      }
    }
    rows.add(row);
  }

  static String key(String column) {
    return column.toLowerCase(Locale.ROOT);
  }
}
