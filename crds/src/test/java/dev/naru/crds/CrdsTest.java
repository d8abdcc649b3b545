package dev.naru.crds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertAll;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rules that every CRD keeps; a violation is printed as the path of the field. */
class CrdsTest {

  private static final int MAX_BYTES = 100 * 1024;

  static List<CustomResourceDefinition> crds() {
    return Documents.crds();
  }

  @Test
  void thereIsOneFilePerKind() {
    assertThat(Documents.files(Path.of("")).map(file -> file.getFileName().toString()))
        .containsExactly(
            "backfills.yaml",
            "connections.yaml",
            "datamarts.yaml",
            "ingestionjobs.yaml",
            "modelservices.yaml",
            "warehouses.yaml",
            "workloadtemplates.yaml");
  }

  @Test
  void filesAreSmall() {
    assertThat(Documents.files(Path.of("")))
        .allSatisfy(
            file ->
                assertThat(Documents.text(file).getBytes(StandardCharsets.UTF_8).length)
                    .as(file.toString())
                    .isLessThan(MAX_BYTES));
  }

  @ParameterizedTest
  @MethodSource("crds")
  void everyFieldIsDescribed(CustomResourceDefinition crd) {
    var silent =
        Schemas.all(crd).stream()
            .flatMap(
                node ->
                    Schemas.properties(node.schema()).entrySet().stream()
                        .filter(property -> isBlank(property.getValue().getDescription()))
                        .map(property -> node.path() + "." + property.getKey()));

    assertThat(silent).isEmpty();
    assertThat(Schemas.root(crd).getDescription()).isNotBlank();
  }

  @ParameterizedTest
  @MethodSource("crds")
  void everythingIsBounded(CustomResourceDefinition crd) {
    assertAll(
        () -> assertNone(crd, "a string without maxLength", CrdsTest::isUnboundedString),
        () ->
            assertNone(
                crd,
                "a list without maxItems",
                schema -> "array".equals(schema.getType()) && schema.getMaxItems() == null),
        () ->
            assertNone(
                crd,
                "a map without maxProperties",
                schema ->
                    schema.getAdditionalProperties() != null && schema.getMaxProperties() == null));
  }

  @ParameterizedTest
  @MethodSource("crds")
  void keysOfListMapsAreRequired(CustomResourceDefinition crd) {
    assertNone(
        crd,
        "a list map whose key is optional",
        schema ->
            "map".equals(schema.getXKubernetesListType())
                && !schema
                    .getItems()
                    .getSchema()
                    .getRequired()
                    .containsAll(schema.getXKubernetesListMapKeys()));
    assertThat(conditions(crd).getXKubernetesListMapKeys()).containsExactly("type");
  }

  @ParameterizedTest
  @MethodSource("crds")
  void durationsAreNoDates(CustomResourceDefinition crd) {
    assertThat(Schemas.all(crd))
        .filteredOn(node -> "date-time".equals(node.schema().getFormat()))
        .allSatisfy(node -> assertThat(node.path()).contains(".status"));
  }

  @ParameterizedTest
  @MethodSource("crds")
  void onlyStatusHasDefault(CustomResourceDefinition crd) {
    var defaults =
        Schemas.all(crd).stream()
            .filter(node -> node.schema().getDefault() != null)
            .map(node -> node.path() + " " + node.schema().getDefault());

    assertThat(defaults)
        .containsExactly(
            crd.getSpec().getNames().getKind() + ".status {\"observedGeneration\":-1}");
  }

  @ParameterizedTest
  @MethodSource("crds")
  void everyRuleSaysWhatToWriteAndStandsOnce(CustomResourceDefinition crd) {
    assertThat(Schemas.all(crd))
        .allSatisfy(
            node -> {
              var rules = node.schema().getXKubernetesValidations();
              assertThat(rules).extracting(ValidationRule::getRule).doesNotHaveDuplicates();
              assertThat(rules)
                  .allMatch(
                      rule -> rule.getMessage() != null || rule.getMessageExpression() != null);
            });
  }

  @Test
  void everyRuleHasARefusal() {
    var messages = Refusal.all().map(Refusal::message).toList();
    var untried =
        crds().stream()
            .flatMap(crd -> Schemas.all(crd).stream())
            .flatMap(node -> node.schema().getXKubernetesValidations().stream())
            // tried by CrdsIT with an object that has data
            .filter(rule -> !rule.getRule().contains("oldSelf"))
            .map(CrdsTest::firstWords)
            .filter(words -> messages.stream().noneMatch(message -> message.contains(words)))
            .distinct();

    assertThat(untried).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("crds")
  void columnsShowWhatExists(CustomResourceDefinition crd) {
    var columns = crd.getSpec().getVersions().getFirst().getAdditionalPrinterColumns();

    assertThat(columns).extracting(CustomResourceColumnDefinition::getName).startsWith("READY");
    assertThat(columns)
        .filteredOn(column -> !column.getJsonPath().startsWith(".metadata."))
        .allSatisfy(
            column ->
                assertThat(resolve(Schemas.root(crd), column.getJsonPath()))
                    .as(column.getJsonPath())
                    .extracting(JSONSchemaProps::getType)
                    .isEqualTo(column.getType().equals("date") ? "string" : column.getType()));
  }

  @ParameterizedTest
  @MethodSource("crds")
  void namesFollowTheApi(CustomResourceDefinition crd) {
    var names = crd.getSpec().getNames();

    assertThat(names.getCategories()).containsExactly("naru");
    assertThat(names.getShortNames()).hasSize(1);
    assertThat(crd.getSpec().getScope()).isEqualTo("Namespaced");
    assertThat(Schemas.root(crd).getXKubernetesValidations())
        .extracting(ValidationRule::getRule)
        .contains("self.metadata.name.size() <= 50 && !self.metadata.name.contains('.')");
    assertNone(
        crd,
        "an enum that offers Unknown",
        schema -> schema.getEnum().stream().anyMatch(value -> value.asText().equals("UNKNOWN")));
  }

  private static void assertNone(
      CustomResourceDefinition crd, String what, Predicate<JSONSchemaProps> wrong) {
    var paths =
        Schemas.all(crd).stream().filter(node -> wrong.test(node.schema())).map(Schemas.Node::path);
    assertThat(paths).as(what).isEmpty();
  }

  private static boolean isUnboundedString(JSONSchemaProps schema) {
    return "string".equals(schema.getType())
        && schema.getMaxLength() == null
        && schema.getEnum().isEmpty()
        && schema.getFormat() == null;
  }

  /** The message, or the part of a computed one that comes first. */
  private static String firstWords(ValidationRule rule) {
    return rule.getMessage() != null
        ? rule.getMessage()
        : Stream.of(rule.getMessageExpression().split("'", -1))
            .filter(part -> !part.isBlank())
            .findFirst()
            .orElseThrow();
  }

  private static JSONSchemaProps conditions(CustomResourceDefinition crd) {
    return Schemas.root(crd).getProperties().get("status").getProperties().get("conditions");
  }

  /** What a JSONPath of a column leads to: names, and filters on lists. */
  private static JSONSchemaProps resolve(JSONSchemaProps root, String path) {
    var schema = root;
    for (var step : steps(path)) {
      schema =
          step.startsWith("[")
              ? schema.getItems().getSchema()
              : Objects.requireNonNull(schema.getProperties().get(step), step);
    }
    return schema;
  }

  private static List<String> steps(String path) {
    var steps = new ArrayList<String>();
    var rest = path;
    while (!rest.isEmpty()) {
      var end = rest.startsWith("[") ? rest.indexOf(']') + 1 : nameEnd(rest);
      steps.add(rest.startsWith(".") ? rest.substring(1, end) : rest.substring(0, end));
      rest = rest.substring(end);
    }
    return steps;
  }

  private static int nameEnd(String rest) {
    for (var i = 1; i < rest.length(); i++) {
      if (rest.charAt(i) == '.' || rest.charAt(i) == '[') {
        return i;
      }
    }
    return rest.length();
  }

  private static boolean isBlank(String text) {
    return text == null || text.isBlank();
  }
}
