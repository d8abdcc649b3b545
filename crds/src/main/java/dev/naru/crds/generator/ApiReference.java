package dev.naru.crds.generator;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The API reference: every field of every kind as a table row, and what is refused. */
final class ApiReference {

  private static final String HEAD =
      """
      # API reference

      Generated from the CRDs by `make crds`; `kubectl explain` tells the same. A field that is absent means its
      default; which defaults apply stands in `status.effective`.
      """;

  private final StringBuilder text = new StringBuilder(HEAD);

  private ApiReference() {}

  static String of(List<CustomResourceDefinition> crds) {
    var reference = new ApiReference();
    crds.forEach(reference::kind);
    return reference.text.toString();
  }

  private void kind(CustomResourceDefinition crd) {
    var names = crd.getSpec().getNames();
    var version = crd.getSpec().getVersions().getFirst();
    var schema = version.getSchema().getOpenAPIV3Schema();
    text.append(
        """

        ## %s

        %s

        `apiVersion: %s/%s`, `kind: %s`, short name `%s`.
        """
            .formatted(
                names.getKind(),
                schema.getDescription(),
                crd.getSpec().getGroup(),
                version.getName(),
                names.getKind(),
                names.getShortNames().getFirst()));
    for (var part : List.of("spec", "status")) {
      text.append("\n| field of ").append(part).append(" | type | meaning |\n|---|---|---|\n");
      fields("", schema.getProperties().get(part));
    }
    var refusals = new ArrayList<String>();
    collectRefusals(schema, refusals);
    text.append("\nRefused when applied, with these words:\n\n");
    refusals.stream().distinct().forEach(line -> text.append("- ").append(line).append('\n'));
  }

  private void fields(String prefix, JSONSchemaProps parent) {
    properties(parent)
        .forEach(
            (name, field) -> {
              var path = prefix + name;
              var required = parent.getRequired().contains(name) ? ", required" : "";
              text.append(
                  "| `%s` | %s%s | %s |\n"
                      .formatted(path, type(field), required, field.getDescription()));
              fields(path + ".", field);
              if (field.getItems() != null) {
                fields(path + "[].", field.getItems().getSchema());
              }
            });
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
    return field.getMinimum() == null
        ? ""
        : " (%s to %s)".formatted(plain(field.getMinimum()), plain(field.getMaximum()));
  }

  private static String plain(Double number) {
    return BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
  }

  private static void collectRefusals(JSONSchemaProps schema, List<String> refusals) {
    schema.getXKubernetesValidations().stream().map(ApiReference::words).forEach(refusals::add);
    Stream.concat(
            properties(schema).values().stream(),
            Stream.ofNullable(schema.getItems()).map(items -> items.getSchema()))
        .forEach(child -> collectRefusals(child, refusals));
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
