package dev.naru.crds.generator;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The API reference: every field of every kind as a table row, and what is refused where. */
final class ApiReference {

  private static final String HEAD =
      """
      # API reference

      Generated from the CRDs by `make crds`; `kubectl explain` tells the same. A field that is absent means its
      default; which defaults apply stands in `status.effective`. *As `x`* means: the same fields as `x` has.

      | kind | short | what it says |
      |---|---|---|
      """;

  /** Objects with fewer fields than this are written out again wherever they stand. */
  private static final int WORTH_A_REFERENCE = 3;

  private final StringBuilder text = new StringBuilder(HEAD);
  private final Map<Map<String, JSONSchemaProps>, String> described = new HashMap<>();

  private ApiReference() {}

  /**
   * The whole page.
   *
   * @param examples a manifest per kind
   */
  static String of(List<CustomResourceDefinition> crds, Map<String, Examples.Example> examples) {
    var reference = new ApiReference();
    crds.forEach(reference::index);
    crds.forEach(crd -> reference.kind(crd, examples));
    return reference.text.toString();
  }

  private void index(CustomResourceDefinition crd) {
    var names = crd.getSpec().getNames();
    text.append(
        "| [%s](#%s) | `%s` | %s |\n"
            .formatted(
                names.getKind(),
                names.getSingular(),
                names.getShortNames().getFirst(),
                schema(crd).getDescription()));
  }

  private static JSONSchemaProps schema(CustomResourceDefinition crd) {
    return crd.getSpec().getVersions().getFirst().getSchema().getOpenAPIV3Schema();
  }

  private void kind(CustomResourceDefinition crd, Map<String, Examples.Example> examples) {
    var kind = crd.getSpec().getNames().getKind();
    var schema = schema(crd);
    var example = examples.get(kind);
    if (example == null) {
      throw new IllegalStateException("samples/ has no " + kind + ": add one");
    }
    text.append(
        """

        ## %s

        %s An example, from [%s](../%s):

        ```yaml
        %s
        ```
        """
            .formatted(
                kind, schema.getDescription(), example.file(), example.file(), example.yaml()));
    described.clear();
    for (var part : List.of("spec", "status")) {
      text.append("\n| field of ").append(part).append(" | type | meaning |\n|---|---|---|\n");
      fields("", schema.getProperties().get(part));
    }
    text.append("\nRefused when applied, with these words:\n\n| at | because |\n|---|---|\n");
    var refusals = new LinkedHashMap<String, Set<String>>();
    collectRefusals("", schema, refusals);
    refusals.forEach(
        (words, places) ->
            text.append("| %s | %s |\n".formatted(String.join(", ", places), cell(words))));
  }

  private void fields(String prefix, JSONSchemaProps parent) {
    properties(parent)
        .forEach(
            (name, field) -> {
              var path = prefix + name;
              var required = parent.getRequired().contains(name) ? ", required" : "";
              var inner = field.getItems() == null ? field : field.getItems().getSchema();
              var innerPath = field.getItems() == null ? path : path + "[]";
              var known = described.get(properties(inner));
              text.append(
                  "| `%s` | %s%s%s | %s |\n"
                      .formatted(
                          path,
                          type(field),
                          known == null ? "" : ", as `" + known + "`",
                          required,
                          cell(field.getDescription())));
              if (known == null) {
                if (properties(inner).size() >= WORTH_A_REFERENCE) {
                  described.put(properties(inner), innerPath);
                }
                fields(innerPath + ".", inner);
              }
            });
  }

  /** What stands in a table may not hold its border. */
  private static String cell(String words) {
    return words.replace("|", "\\|");
  }

  private static String type(JSONSchemaProps field) {
    if (!field.getEnum().isEmpty()) {
      return field.getEnum().stream()
          .map(value -> "`" + value.asText() + "`")
          .collect(Collectors.joining(", "));
    }
    if (Boolean.TRUE.equals(field.getXKubernetesIntOrString())) {
      return "quantity";
    }
    return switch (field.getType()) {
      case "array" -> "list of " + type(field.getItems().getSchema()) + most(field.getMaxItems());
      case "integer" -> "integer" + range(field);
      case "object" ->
          field.getAdditionalProperties() == null
              ? "object"
              : "map to " + type(field.getAdditionalProperties().getSchema());
      case "string" -> "date-time".equals(field.getFormat()) ? "time" : "string";
      default -> field.getType();
    };
  }

  private static String most(Long items) {
    return items == null ? "" : " (at most " + items + ")";
  }

  private static String range(JSONSchemaProps field) {
    if (field.getMinimum() == null) {
      return "";
    }
    return field.getMaximum() == null
        ? " (at least %s)".formatted(plain(field.getMinimum()))
        : " (%s to %s)".formatted(plain(field.getMinimum()), plain(field.getMaximum()));
  }

  private static String plain(Double number) {
    return BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
  }

  private static void collectRefusals(
      String path, JSONSchemaProps schema, Map<String, Set<String>> refusals) {
    for (var rule : schema.getXKubernetesValidations()) {
      var place = "`" + (path + orEmpty(rule.getFieldPath())).replaceFirst("^\\.", "") + "`";
      refusals
          .computeIfAbsent(words(rule), _ -> new LinkedHashSet<>())
          .add(place.equals("``") ? "`metadata.name`" : place);
    }
    properties(schema)
        .forEach((name, field) -> collectRefusals(path + "." + name, field, refusals));
    if (schema.getItems() != null) {
      collectRefusals(path + "[]", schema.getItems().getSchema(), refusals);
    }
  }

  private static String orEmpty(String text) {
    return text == null ? "" : text;
  }

  /** The message; of a computed one the text around what is computed. */
  private static String words(ValidationRule rule) {
    return rule.getMessage() != null
        ? rule.getMessage()
        : rule.getMessageExpression().replaceAll("' \\+ .*? \\+ '", "…").replaceAll("^'|'$", "");
  }

  private static Map<String, JSONSchemaProps> properties(JSONSchemaProps schema) {
    return schema.getProperties() == null ? Map.of() : schema.getProperties();
  }
}
