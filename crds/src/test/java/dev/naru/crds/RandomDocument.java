package dev.naru.crds;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.time.Instant;
import java.util.Random;

/** Writes documents that a schema allows; the same seed gives the same document. */
final class RandomDocument {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final String LETTERS = "aZ09_-. 'é漢\"";

  private final Random random;

  RandomDocument(long seed) {
    this.random = new Random(seed);
  }

  JsonNode of(JSONSchemaProps schema) {
    if (!schema.getEnum().isEmpty()) {
      return schema.getEnum().get(random.nextInt(schema.getEnum().size()));
    }
    if (Boolean.TRUE.equals(schema.getXKubernetesIntOrString())) {
      return random.nextBoolean() ? JSON.numberNode(random.nextInt(9)) : JSON.textNode("15Gi");
    }
    return switch (schema.getType()) {
      case "object" -> object(schema);
      case "array" -> array(schema);
      case "boolean" -> JSON.booleanNode(random.nextBoolean());
      case "integer" -> JSON.numberNode(integer(schema));
      case "string" -> JSON.textNode(string(schema));
      default -> throw new IllegalArgumentException(schema.getType());
    };
  }

  private JsonNode object(JSONSchemaProps schema) {
    var object = JSON.objectNode();
    Schemas.properties(schema)
        .forEach(
            (name, property) -> {
              if (schema.getRequired().contains(name) || random.nextInt(4) > 0) {
                object.set(name, of(property));
              }
            });
    if (schema.getAdditionalProperties() != null) {
      var size = 1 + random.nextInt(3);
      for (var i = 0; i < size; i++) {
        object.set("key" + i, of(schema.getAdditionalProperties().getSchema()));
      }
    }
    return object;
  }

  private JsonNode array(JSONSchemaProps schema) {
    var array = JSON.arrayNode();
    var size = 1 + random.nextInt((int) Math.min(3, schema.getMaxItems()));
    for (var i = 0; i < size; i++) {
      array.add(of(schema.getItems().getSchema()));
    }
    return array;
  }

  /** Bounds are tried more often than what lies between; an unbounded field may hold any long. */
  private long integer(JSONSchemaProps schema) {
    var least = schema.getMinimum() == null ? Long.MIN_VALUE : schema.getMinimum().longValue();
    var most = schema.getMaximum() == null ? Long.MAX_VALUE : schema.getMaximum().longValue();
    return switch (random.nextInt(3)) {
      case 0 -> least;
      case 1 -> most;
      default -> random.nextLong(least, most);
    };
  }

  private String string(JSONSchemaProps schema) {
    if ("date-time".equals(schema.getFormat())) {
      return Instant.ofEpochSecond(random.nextInt(), random.nextInt(1000) * 1_000_000L).toString();
    }
    var least = schema.getMinLength() == null ? 1 : schema.getMinLength().intValue();
    var length = least + random.nextInt(20);
    var text = new StringBuilder();
    for (var i = 0; i < Math.min(length, schema.getMaxLength()); i++) {
      text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return text.toString();
  }
}
