package dev.naru.crds.generator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The schemas of the kinds as JSON Schema, for kubeconform and editors: what the API server prunes,
 * such as a misspelt field, they refuse. Rules in CEL they cannot hold. Pure.
 */
final class JsonSchemas {

  /** Where the schemas are kept, below the root of the repository. */
  static final String FOLDER = "samples/gitops-template/schemas";

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Keywords under which fields stand by name, not schemas by keyword. */
  private static final Set<String> NAMED = Set.of("properties");

  private JsonSchemas() {}

  /** The schema files, by their path below {@link #FOLDER}. */
  static Map<String, String> of(Iterable<CustomResourceDefinition> crds) {
    var files = new TreeMap<String, String>();
    for (var crd : crds) {
      for (var version : crd.getSpec().getVersions()) {
        var name =
            "%s/%s_%s.json"
                .formatted(
                    crd.getSpec().getGroup(),
                    crd.getSpec().getNames().getKind().toLowerCase(Locale.ROOT),
                    version.getName());
        JsonNode schema = MAPPER.valueToTree(version.getSchema().getOpenAPIV3Schema());
        files.put(name, root(crd, version.getName(), schema).toPrettyString() + "\n");
      }
    }
    return files;
  }

  private static ObjectNode root(CustomResourceDefinition crd, String version, JsonNode schema) {
    var root = closed(schema);
    var properties = root.withObjectProperty("properties");
    properties.putObject("apiVersion").put("const", crd.getSpec().getGroup() + "/" + version);
    properties.putObject("kind").put("const", crd.getSpec().getNames().getKind());
    properties.putObject("metadata").put("type", "object");
    root.withArrayProperty("required").add("apiVersion").add("kind").add("metadata");
    var result = NODES.objectNode();
    result.put("$schema", "http://json-schema.org/draft-07/schema#");
    result.setAll(root);
    return result;
  }

  /** A copy without Kubernetes' own keywords, in which no object takes fields it does not name. */
  private static ObjectNode closed(JsonNode schema) {
    var result = NODES.objectNode();
    schema
        .properties()
        .forEach(
            keyword -> {
              var name = keyword.getKey();
              var value = keyword.getValue();
              if (name.startsWith("x-kubernetes-") || name.equals("nullable")) {
                return;
              }
              if (NAMED.contains(name)) {
                var fields = result.putObject(name);
                value.properties().forEach(it -> fields.set(it.getKey(), closed(it.getValue())));
              } else if (value.isObject() && !name.equals("default")) {
                result.set(name, closed(value));
              } else {
                result.set(name, value);
              }
            });
    var open = schema.path("x-kubernetes-preserve-unknown-fields").asBoolean(false);
    if (schema.has("properties") && !schema.has("additionalProperties") && !open) {
      result.put("additionalProperties", false);
    }
    if (schema.path("x-kubernetes-int-or-string").asBoolean(false)) {
      result.remove("type");
      result.putArray("type").add("integer").add("number").add("string");
    }
    if (schema.path("nullable").asBoolean(false) && schema.has("type")) {
      result.putArray("type").add(schema.get("type")).add("null");
    }
    return result;
  }
}
