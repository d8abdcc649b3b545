package dev.naru.crds;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The CRDs as checked in, and documents to try them with. */
final class Documents {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Documents() {}

  static List<CustomResourceDefinition> crds() {
    return files(Path.of(""))
        .map(file -> Serialization.unmarshal(text(file), CustomResourceDefinition.class))
        .toList();
  }

  /** Paths of the valid documents. */
  static Stream<Path> valid() {
    return files(Path.of("src/test/resources/valid"));
  }

  /** A valid document with some fields replaced, or removed by null. */
  static ObjectNode valid(String name, JsonNode replacements) {
    var document = (ObjectNode) yaml(Path.of("src/test/resources/valid", name + ".yaml"));
    for (var replacement : replacements.properties()) {
      var steps = replacement.getKey().split("\\.", -1);
      var parent = document;
      for (var i = 0; i < steps.length - 1; i++) {
        parent = parent.withObjectProperty(steps[i]);
      }
      var last = steps[steps.length - 1];
      if (replacement.getValue().isNull()) {
        parent.remove(last);
      } else {
        parent.set(last, replacement.getValue());
      }
    }
    return document;
  }

  static JsonNode yaml(Path file) {
    return Serialization.unmarshal(text(file), JsonNode.class);
  }

  static GenericKubernetesResource resource(JsonNode document) {
    return MAPPER.convertValue(document, GenericKubernetesResource.class);
  }

  static JsonNode json(Object value) {
    return MAPPER.valueToTree(value);
  }

  /** Where two documents differ, as {@code path: one, other}; 1.0 equals 1. */
  static List<String> differences(JsonNode one, JsonNode other) {
    var differences = new ArrayList<String>();
    compare("", one, other, differences);
    return differences;
  }

  private static void compare(String path, JsonNode one, JsonNode other, List<String> differences) {
    if (one.isObject() && other.isObject()) {
      var names = new TreeSet<String>();
      one.fieldNames().forEachRemaining(names::add);
      other.fieldNames().forEachRemaining(names::add);
      names.forEach(
          name -> compare(path + "/" + name, one.path(name), other.path(name), differences));
    } else if (one.isArray() && other.isArray() && one.size() == other.size()) {
      for (var i = 0; i < one.size(); i++) {
        compare(path + "/" + i, one.get(i), other.get(i), differences);
      }
    } else if (!same(one, other)) {
      differences.add(path + ": " + one + ", " + other);
    }
  }

  private static boolean same(JsonNode one, JsonNode other) {
    if (one.isNumber() && other.isNumber()) {
      return one.decimalValue().compareTo(other.decimalValue()) == 0;
    }
    return one.equals(other);
  }

  static Stream<Path> files(Path folder) {
    try (var files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
