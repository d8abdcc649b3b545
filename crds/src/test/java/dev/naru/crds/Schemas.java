package dev.naru.crds;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Walks the schemas of CRDs. */
final class Schemas {

  /** A schema and the path that leads to it; items and map values have the step {@code *}. */
  record Node(String path, JSONSchemaProps schema) {}

  private Schemas() {}

  static JSONSchemaProps root(CustomResourceDefinition crd) {
    return crd.getSpec().getVersions().getFirst().getSchema().getOpenAPIV3Schema();
  }

  /** The schema itself and everything below it. */
  static List<Node> all(CustomResourceDefinition crd) {
    var nodes = new ArrayList<Node>();
    collect(crd.getSpec().getNames().getKind(), root(crd), nodes);
    return nodes;
  }

  static Map<String, JSONSchemaProps> properties(JSONSchemaProps schema) {
    return schema.getProperties() == null ? Map.of() : schema.getProperties();
  }

  private static void collect(String path, JSONSchemaProps schema, List<Node> nodes) {
    nodes.add(new Node(path, schema));
    properties(schema).forEach((name, property) -> collect(path + "." + name, property, nodes));
    if (schema.getItems() != null) {
      collect(path + ".*", schema.getItems().getSchema(), nodes);
    }
    if (schema.getAdditionalProperties() != null) {
      collect(path + ".*", schema.getAdditionalProperties().getSchema(), nodes);
    }
  }
}
