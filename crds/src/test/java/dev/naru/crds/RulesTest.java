package dev.naru.crds;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The CEL rules without a server, for an answer in seconds. What only Kubernetes' own CEL knows
 * (quantities, errors as refusals, cost, oldSelf) is left to {@code CrdsIT}.
 */
class RulesTest {

  private static final CelCompiler COMPILER =
      CelCompilerFactory.standardCelCompilerBuilder()
          .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
          .addVar("self", SimpleType.DYN)
          .build();

  private static final CelRuntime RUNTIME = CelRuntimeFactory.standardCelRuntimeBuilder().build();

  /** CEL knows no shorter integers. */
  private static final ObjectMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.USE_LONG_FOR_INTS).build();

  private static final Map<String, CustomResourceDefinition> CRDS =
      Documents.crds().stream()
          .collect(Collectors.toMap(crd -> crd.getSpec().getNames().getKind(), crd -> crd));

  static List<Path> validDocuments() {
    return Documents.valid().toList();
  }

  /** Those that a rule of plain CEL decides; the others are the schema's or Kubernetes' own. */
  static List<Refusal> refusals() {
    var rules =
        CRDS.values().stream()
            .flatMap(crd -> Schemas.all(crd).stream())
            .flatMap(node -> node.schema().getXKubernetesValidations().stream())
            .filter(RulesTest::isPlain)
            .map(ValidationRule::getMessage)
            .toList();
    return Refusal.all()
        .filter(refusal -> rules.stream().anyMatch(rule -> says(refusal, rule)))
        .filter(refusal -> !refusal.message().contains("evaluating rule"))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("validDocuments")
  void valid(Path file) {
    assertThat(violations(Documents.yaml(file))).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void refused(Refusal refusal) {
    assertThat(violations(refusal.document()))
        .as(refusal.message())
        .anyMatch(message -> says(refusal, message));
  }

  private static boolean says(Refusal refusal, String message) {
    return message != null && refusal.message().endsWith(message);
  }

  private static boolean isPlain(ValidationRule rule) {
    return !rule.getRule().contains("oldSelf") && !rule.getRule().contains("quantity(");
  }

  private static List<String> violations(JsonNode document) {
    var violations = new ArrayList<String>();
    collect(Schemas.root(CRDS.get(document.get("kind").asText())), document, violations);
    return violations;
  }

  private static void collect(JSONSchemaProps schema, JsonNode value, List<String> violations) {
    schema.getXKubernetesValidations().stream()
        .filter(rule -> isPlain(rule) && !holds(rule, value))
        .map(rule -> rule.getMessage() == null ? rule.getMessageExpression() : rule.getMessage())
        .forEach(violations::add);
    Schemas.properties(schema)
        .forEach(
            (name, property) -> {
              if (value.has(name)) {
                collect(property, value.get(name), violations);
              }
            });
    if (schema.getItems() != null) {
      value.forEach(item -> collect(schema.getItems().getSchema(), item, violations));
    }
  }

  private static boolean holds(ValidationRule rule, JsonNode self) {
    try {
      var program = RUNTIME.createProgram(COMPILER.compile(rule.getRule()).getAst());
      var plain = MAPPER.convertValue(self, Map.class);
      return (boolean) program.eval(Map.of("self", plain));
    } catch (CelValidationException | CelEvaluationException e) {
      throw new AssertionError(rule.getRule(), e);
    }
  }
}
