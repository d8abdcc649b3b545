package dev.naru.crds;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.naru.kubetest.Commands;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One value of one field, for a document to be changed by.
 *
 * @param path from the root of the document, such as {@code [spec, load, mode]}
 * @param value empty takes the field away
 * @param corner whether it is one of {@code corners.yaml}, which must be valid
 */
record Trial(List<String> path, Optional<JsonNode> value, boolean corner) {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** Longer strings would only make the corpus large; lengths are compared by schema. */
  private static final int LONGEST = 300;

  private static final int RANDOM_VALUES = 2;

  Trial {
    path = List.copyOf(path);
  }

  /** Every value worth trying of every field of the spec. */
  static List<Trial> all(CustomResourceDefinition crd) {
    var trials = new ArrayList<Trial>();
    var spec = Schemas.properties(Schemas.root(crd)).get("spec");
    collect(crd.getSpec().getNames().getKind(), List.of("spec"), spec, corners(), trials);
    return trials;
  }

  /** Values by path, such as {@code IngestionJob.spec.schedule.cron}. */
  static JsonNode corners() {
    return Documents.yaml(Path.of(Commands.script("crds/src/test/resources/corners.yaml")));
  }

  /** Whether one of both changes what the other one has set. */
  boolean overlaps(Trial other) {
    var shorter = Math.min(path.size(), other.path.size());
    return path.subList(0, shorter).equals(other.path.subList(0, shorter));
  }

  /** The document with this value. */
  ObjectNode on(ObjectNode document) {
    var changed = document.deepCopy();
    var parent = changed;
    for (var step : path.subList(0, path.size() - 1)) {
      parent = parent.withObjectProperty(step);
    }
    if (value.isPresent()) {
      parent.set(path.getLast(), value.get());
    } else {
      parent.remove(path.getLast());
    }
    return changed;
  }

  @Override
  public String toString() {
    return String.join(".", path) + " = " + value.map(JsonNode::toString).orElse("absent");
  }

  private static void collect(
      String kind,
      List<String> path,
      JSONSchemaProps schema,
      JsonNode corners,
      List<Trial> trials) {
    Schemas.properties(schema)
        .forEach(
            (name, property) -> {
              var below = new ArrayList<>(path);
              below.add(name);
              if (!schema.getRequired().contains(name)) {
                trials.add(new Trial(below, Optional.empty(), false));
              }
              var key = kind + "." + String.join(".", below);
              corners()
                  .path(key)
                  .forEach(it -> trials.add(new Trial(below, Optional.of(it), true)));
              if (Schemas.properties(property).isEmpty()) {
                values(property, below.hashCode())
                    .forEach(it -> trials.add(new Trial(below, Optional.of(it), false)));
              } else {
                collect(kind, below, property, corners, trials);
              }
            });
  }

  private static Stream<JsonNode> values(JSONSchemaProps schema, int seed) {
    if (!schema.getEnum().isEmpty()) {
      return schema.getEnum().stream();
    }
    if ("boolean".equals(schema.getType())) {
      return Stream.of(JSON.booleanNode(true), JSON.booleanNode(false));
    }
    var values = new ArrayList<JsonNode>();
    Stream.of(schema.getMinimum(), schema.getMaximum())
        .filter(bound -> bound != null)
        .forEach(bound -> values.add(JSON.numberNode(bound.longValue())));
    if (schema.getMaxLength() != null && schema.getMaxLength() <= LONGEST) {
      values.add(JSON.textNode("a".repeat(schema.getMaxLength().intValue())));
    }
    if (schema.getItems() != null && !schema.getItems().getSchema().getEnum().isEmpty()) {
      values.add(JSON.arrayNode().addAll(schema.getItems().getSchema().getEnum()));
    }
    for (var i = 0; i < RANDOM_VALUES; i++) {
      values.add(new RandomDocument(seed + i).of(schema));
    }
    return values.stream();
  }
}
