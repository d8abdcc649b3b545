package dev.naru.crds;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.databind.JsonNode;
import dev.naru.crds.Compatibility.Finding;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/**
 * What a changed schema does to objects that the older one took, field by field. What cannot be
 * told from the two schemas alone (another pattern, another rule) counts as harm or is noted.
 */
final class SchemaChange {

  /** A bound, and whether a larger number allows more. */
  private record Bound(String name, Function<JSONSchemaProps, Number> of, boolean upper) {}

  private static final List<Bound> BOUNDS =
      List.of(
          new Bound("minimum", JSONSchemaProps::getMinimum, false),
          new Bound("maximum", JSONSchemaProps::getMaximum, true),
          new Bound("minLength", JSONSchemaProps::getMinLength, false),
          new Bound("maxLength", JSONSchemaProps::getMaxLength, true),
          new Bound("minItems", JSONSchemaProps::getMinItems, false),
          new Bound("maxItems", JSONSchemaProps::getMaxItems, true),
          new Bound("minProperties", JSONSchemaProps::getMinProperties, false),
          new Bound("maxProperties", JSONSchemaProps::getMaxProperties, true));

  /** Constraints that must stay as they are, or go. */
  private record Constraint(String name, Function<JSONSchemaProps, Object> of) {}

  private static final List<Constraint> CONSTRAINTS =
      List.of(
          new Constraint("pattern", JSONSchemaProps::getPattern),
          new Constraint("format", JSONSchemaProps::getFormat),
          new Constraint("multipleOf", JSONSchemaProps::getMultipleOf),
          new Constraint("uniqueItems", it -> flag(it.getUniqueItems())),
          new Constraint("exclusiveMinimum", it -> flag(it.getExclusiveMinimum())),
          new Constraint("exclusiveMaximum", it -> flag(it.getExclusiveMaximum())),
          new Constraint("oneOf", it -> some(it.getOneOf())),
          new Constraint("anyOf", it -> some(it.getAnyOf())),
          new Constraint("allOf", it -> some(it.getAllOf())),
          new Constraint("not", JSONSchemaProps::getNot));

  /** Decides how lists and maps are merged by server-side apply: no change at all. */
  private static final List<Constraint> FIXED =
      List.of(
          new Constraint("default", JSONSchemaProps::getDefault),
          new Constraint("x-kubernetes-list-type", JSONSchemaProps::getXKubernetesListType),
          new Constraint("x-kubernetes-list-map-keys", it -> some(it.getXKubernetesListMapKeys())),
          new Constraint("x-kubernetes-map-type", JSONSchemaProps::getXKubernetesMapType));

  private final String version;
  private final List<Finding> findings = new ArrayList<>();

  private SchemaChange(String version) {
    this.version = version;
  }

  /**
   * What changed for the worse.
   *
   * @param version names the definition and its version in every finding
   */
  static List<Finding> between(String version, JSONSchemaProps before, JSONSchemaProps after) {
    var change = new SchemaChange(version);
    change.compare("", before, after);
    return List.copyOf(change.findings);
  }

  private void compare(String path, JSONSchemaProps before, JSONSchemaProps after) {
    types(path, before, after);
    values(path, before, after);
    bounds(path, before, after);
    for (var constraint : CONSTRAINTS) {
      var is = constraint.of().apply(after);
      if (is != null) {
        same(path, constraint, before, is);
      }
    }
    FIXED.forEach(it -> same(path, it, before, it.of().apply(after)));
    rules(path, before, after);
    required(path, before, after);
    below(path, before, after);
  }

  private void types(String path, JSONSchemaProps before, JSONSchemaProps after) {
    var was = type(before);
    var is = type(after);
    var wider =
        switch (is) {
          case "int-or-string" -> Set.of("integer", "string").contains(was);
          case "number" -> was.equals("integer");
          default -> false;
        };
    if (!was.equals(is) && !wider) {
      harm(path, "was of type " + was + ", is of type " + is);
    }
    if (Boolean.TRUE.equals(before.getNullable()) && !Boolean.TRUE.equals(after.getNullable())) {
      harm(path, "may no longer be null");
    }
    if (keepsUnknown(before) && !keepsUnknown(after)) {
      harm(path, "no longer keeps fields that the schema does not name");
    }
  }

  private void values(String path, JSONSchemaProps before, JSONSchemaProps after) {
    if (after.getEnum().isEmpty()) {
      return;
    }
    if (before.getEnum().isEmpty()) {
      harm(path, "took any value, takes only " + texts(after.getEnum()));
      return;
    }
    var gone = new ArrayList<>(before.getEnum());
    gone.removeAll(after.getEnum());
    if (!gone.isEmpty()) {
      harm(path, "no longer takes " + texts(gone));
    }
  }

  private void bounds(String path, JSONSchemaProps before, JSONSchemaProps after) {
    for (var bound : BOUNDS) {
      var was = bound.of().apply(before);
      var is = bound.of().apply(after);
      if (is != null && (was == null || narrower(bound, was.doubleValue(), is.doubleValue()))) {
        harm(path, "%s is %s, was %s".formatted(bound.name(), is, was == null ? "absent" : was));
      }
    }
  }

  private static boolean narrower(Bound bound, double was, double is) {
    return bound.upper() ? is < was : is > was;
  }

  private void same(String path, Constraint constraint, JSONSchemaProps before, Object is) {
    var was = constraint.of().apply(before);
    if (!Objects.equals(was, is)) {
      harm(
          path,
          "%s is %s, was %s"
              .formatted(
                  constraint.name(),
                  requireNonNullElse(is, "absent"),
                  requireNonNullElse(was, "absent")));
    }
  }

  private void rules(String path, JSONSchemaProps before, JSONSchemaProps after) {
    var known = new HashSet<String>();
    before.getXKubernetesValidations().forEach(it -> known.add(it.getRule()));
    after.getXKubernetesValidations().stream()
        .map(it -> it.getRule())
        .filter(it -> !known.contains(it))
        .forEach(it -> findings.add(Finding.note(at(path), "has a new rule: " + it)));
  }

  private void required(String path, JSONSchemaProps before, JSONSchemaProps after) {
    var properties = Schemas.properties(after);
    for (var name : after.getRequired()) {
      // an absent field with a default is filled in before it is missed
      var filled = properties.containsKey(name) && properties.get(name).getDefault() != null;
      if (!before.getRequired().contains(name) && !filled) {
        harm(path.isEmpty() ? name : path + "." + name, "is newly required");
      }
    }
  }

  private void below(String path, JSONSchemaProps before, JSONSchemaProps after) {
    var properties = Schemas.properties(after);
    Schemas.properties(before)
        .forEach(
            (name, schema) -> {
              var field = path.isEmpty() ? name : path + "." + name;
              if (properties.containsKey(name)) {
                compare(field, schema, properties.get(name));
              } else if (!keepsUnknown(after)) {
                harm(field, "is gone: its value would be dropped");
              }
            });
    if (before.getItems() != null && after.getItems() != null) {
      compare(path + "[]", before.getItems().getSchema(), after.getItems().getSchema());
    }
    if (before.getAdditionalProperties() != null) {
      if (after.getAdditionalProperties() != null) {
        compare(
            path + "{}",
            before.getAdditionalProperties().getSchema(),
            after.getAdditionalProperties().getSchema());
      } else if (!keepsUnknown(after)) {
        harm(path, "is no longer a map: its values would be dropped");
      }
    }
  }

  private void harm(String path, String what) {
    findings.add(Finding.breaking(at(path), what));
  }

  private String at(String path) {
    return version + ": " + (path.isEmpty() ? "the object" : path);
  }

  private static String type(JSONSchemaProps schema) {
    return Boolean.TRUE.equals(schema.getXKubernetesIntOrString())
        ? "int-or-string"
        : requireNonNullElse(schema.getType(), "any");
  }

  private static boolean keepsUnknown(JSONSchemaProps schema) {
    return Boolean.TRUE.equals(schema.getXKubernetesPreserveUnknownFields());
  }

  private static Object flag(Boolean value) {
    return Boolean.TRUE.equals(value) ? true : null;
  }

  private static Object some(List<?> list) {
    return list == null || list.isEmpty() ? null : list;
  }

  private static String texts(List<JsonNode> values) {
    return String.join(", ", values.stream().map(JsonNode::toString).toList());
  }
}
