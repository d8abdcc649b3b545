package dev.naru.worker.avro;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * Avro schemas as BigQuery's load jobs read them with {@code useAvroLogicalTypes}. Every column is
 * nullable (or an array): a value that BigQuery cannot hold becomes NULL and is counted, also in a
 * column that the source declares NOT NULL.
 */
public final class AvroSchema {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private AvroSchema() {}

  /** Schema of a file with these columns, as JSON on one line. */
  public static String of(List<Field> fields) {
    var record = JSON.objectNode().put("type", "record").put("name", "row");
    var list = record.putArray("fields");
    for (var field : fields) {
      var entry = list.addObject().put("name", field.name());
      if (field.isRepeated()) {
        entry.putObject("type").put("type", "array").set("items", type(field));
      } else {
        entry.putArray("type").add("null").add(type(field));
      }
    }
    return record.toString();
  }

  private static ObjectNode type(Field field) {
    return switch (field.column().type()) {
      case BOOL -> primitive("boolean");
      case INT64 -> primitive("long");
      case FLOAT64 -> primitive("double");
      case NUMERIC, BIGNUMERIC ->
          logical("bytes", "decimal")
              .put("precision", field.precision())
              .put("scale", field.scale());
      case STRING -> primitive("string");
      case BYTES -> primitive("bytes");
      case DATE -> logical("int", "date");
      case DATETIME -> logical("long", "local-timestamp-micros");
      case TIME -> logical("long", "time-micros");
      case TIMESTAMP -> logical("long", "timestamp-micros");
      case JSON -> primitive("string").put("sqlType", "JSON");
    };
  }

  private static ObjectNode primitive(String type) {
    return JSON.objectNode().put("type", type);
  }

  private static ObjectNode logical(String type, String logicalType) {
    return primitive(type).put("logicalType", logicalType);
  }
}
