package dev.naru.crds.generator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The tests of one kind's scripts, in the form that Argo CD's own test suite reads. Pure. */
final class ArgoTests {

  /** What Argo CD's tests put where a script wrote the current time. */
  private static final String TIME = "0001-01-01T00:00:00Z";

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final CustomResourceDefinition crd;
  private final List<ArgoAction> actions;
  private final List<ArgoState> states;
  private final ObjectNode spec;

  /**
   * @param spec the spec of every resource, unless a state says something else
   */
  ArgoTests(
      CustomResourceDefinition crd,
      List<ArgoAction> actions,
      List<ArgoState> states,
      ObjectNode spec) {
    this.crd = crd;
    this.actions = actions;
    this.spec = spec;
    this.states = states.stream().filter(it -> it.of(crd.getSpec().getNames().getKind())).toList();
  }

  /** One resource per state, by file name. */
  Map<String, String> states() {
    var files = new LinkedHashMap<String, String>();
    states.forEach(state -> files.put(state.file(), yaml(resource(state))));
    return files;
  }

  /** {@code health_test.yaml}. */
  String health() {
    var tests = NODES.arrayNode();
    for (var state : states) {
      var test = tests.addObject();
      test.putObject("healthStatus")
          .put("status", state.health().status())
          .put("message", state.health().message());
      test.put("inputPath", "testdata/" + state.file());
    }
    return yaml(NODES.objectNode().set("tests", tests));
  }

  /** {@code action_test.yaml}. */
  String actions() {
    var discovery = NODES.arrayNode();
    for (var state : states) {
      if (state.enabled() != null) {
        var test = discovery.addObject().put("inputPath", "../testdata/" + state.file());
        var result = test.putArray("result");
        actions.forEach(action -> discovered(result.addObject(), action, state));
      }
    }
    var runs = NODES.arrayNode();
    for (var action : actions) {
      runs.addObject()
          .put("action", action.name())
          .put("inputPath", "../testdata/" + clickable(action).file())
          .put("expectedOutputPath", "testdata/" + action.name() + ".yaml");
    }
    var tests = NODES.objectNode();
    tests.set("discoveryTests", discovery);
    tests.set("actionTests", runs);
    return yaml(tests);
  }

  /** What each action makes of the resource it is tried on, by file name. */
  Map<String, String> outputs() {
    var files = new LinkedHashMap<String, String>();
    for (var action : actions) {
      files.put(action.name() + ".yaml", yaml(merged(resource(clickable(action)), action.patch())));
    }
    return files;
  }

  private static void discovered(ObjectNode result, ArgoAction action, ArgoState state) {
    result
        .put("name", action.name())
        .put("displayName", action.displayName())
        .put("iconClass", action.iconClass());
    if (!state.enabled().contains(action.name())) {
      result.put("disabled", true);
    }
  }

  private ArgoState clickable(ArgoAction action) {
    return states.stream()
        .filter(it -> it.enabled() != null && it.enabled().contains(action.name()))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "states.yaml: no state of kind %s enables the action %s"
                        .formatted(crd.getSpec().getNames().getKind(), action.name())));
  }

  private ObjectNode resource(ArgoState state) {
    var resource = NODES.objectNode();
    resource.put(
        "apiVersion",
        crd.getSpec().getGroup() + "/" + crd.getSpec().getVersions().getFirst().getName());
    resource.put("kind", crd.getSpec().getNames().getKind());
    resource.putObject("metadata").put("name", "sample").put("namespace", "rental");
    resource.set("spec", spec);
    return merged(resource, state.resource());
  }

  /** A JSON merge patch (RFC 7396), on a copy. */
  private static ObjectNode merged(ObjectNode onto, JsonNode patch) {
    var result = onto.deepCopy();
    patch
        .properties()
        .forEach(
            field -> {
              var value = field.getValue();
              if (value.isNull()) {
                result.remove(field.getKey());
              } else if (value.isObject()) {
                var below =
                    result.get(field.getKey()) instanceof ObjectNode object
                        ? object
                        : NODES.objectNode();
                result.set(field.getKey(), merged(below, value));
              } else {
                result.set(
                    field.getKey(), value.asText().equals("TIME") ? NODES.textNode(TIME) : value);
              }
            });
    return result;
  }

  private static String yaml(JsonNode node) {
    return Serialization.asYaml(node).replaceFirst("^---\n", "");
  }
}
