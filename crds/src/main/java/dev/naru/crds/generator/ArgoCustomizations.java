package dev.naru.crds.generator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What Argo CD has to know of our kinds, for every kind from the same scripts: as configuration of
 * any Argo CD ({@code argocd-cm.yaml}), and in the layout in which Argo CD keeps the scripts it
 * ships ({@code resource_customizations}).
 */
final class ArgoCustomizations {

  /** The folder of scripts, and what is written beside them, below the root of the repository. */
  static final String FOLDER = "charts/naru/argocd";

  static final String LAYOUT = "resource_customizations";

  private static final String GENERATED =
      "Generated from health.lua and actions/ in charts/naru/argocd; edit these and run: make crds";

  private final Path folder;
  private final List<ArgoAction> actions;
  private final List<ArgoState> states;
  private final Map<String, ObjectNode> samples;
  private final String health;
  private final Map<String, String> files = new TreeMap<>();

  private ArgoCustomizations(Path repository) throws IOException {
    folder = repository.resolve(FOLDER);
    actions =
        List.of(
            Serialization.unmarshal(
                Files.readString(folder.resolve("actions/actions.yaml")), ArgoAction[].class));
    states = ArgoState.all(repository);
    samples = samples(repository);
    health = Files.readString(folder.resolve("health.lua"));
  }

  /** The generated files, by their path below {@link #FOLDER}. */
  static Map<String, String> of(Path repository, List<CustomResourceDefinition> crds)
      throws IOException {
    var customizations = new ArgoCustomizations(repository);
    customizations.files.put("argocd-cm.yaml", customizations.configuration(crds));
    for (var crd : crds) {
      customizations.layout(crd);
    }
    return customizations.files;
  }

  private String configuration(List<CustomResourceDefinition> crds) throws IOException {
    var text =
        new StringBuilder(
            """
            # %s
            # Health and actions of Naru's kinds, for the Argo CD you have. Nothing else in its argocd-cm is touched:
            #   kubectl apply --server-side --field-manager naru-health --namespace argocd --filename argocd-cm.yaml
            apiVersion: v1
            kind: ConfigMap
            metadata:
              name: argocd-cm
            data:
            """
                .formatted(GENERATED));
    for (var crd : crds) {
      var key = crd.getSpec().getGroup() + "_" + kind(crd);
      text.append("  resource.customizations.health.%s: |\n".formatted(key))
          .append(health.indent(4));
      var own = actions(crd);
      if (own.isEmpty()) {
        continue;
      }
      text.append("  resource.customizations.actions.%s: |\n".formatted(key))
          .append("    discovery.lua: |\n")
          .append(discovery(own).indent(6))
          .append("    definitions:\n");
      for (var action : own) {
        text.append("    - name: %s\n      action.lua: |\n".formatted(action.name()))
            .append(script(action).indent(8));
      }
    }
    return text.toString().replaceAll("(?m)^ +$", "");
  }

  private void layout(CustomResourceDefinition crd) throws IOException {
    var base = "%s/%s/%s/".formatted(LAYOUT, crd.getSpec().getGroup(), kind(crd));
    files.put(base + "health.lua", lua(health));
    var tests = new ArgoTests(crd, actions(crd), states, samples.get(kind(crd)));
    tests.states().forEach((name, text) -> files.put(base + "testdata/" + name, text));
    files.put(base + "health_test.yaml", tests.health());
    if (actions(crd).isEmpty()) {
      return;
    }
    files.put(base + "actions/discovery.lua", lua(discovery(actions(crd))));
    for (var action : actions(crd)) {
      files.put(base + "actions/" + action.name() + "/action.lua", lua(script(action)));
    }
    tests.outputs().forEach((name, text) -> files.put(base + "actions/testdata/" + name, text));
    files.put(base + "actions/action_test.yaml", tests.actions());
  }

  private static String lua(String script) {
    return "-- " + GENERATED + "\n" + script;
  }

  private List<ArgoAction> actions(CustomResourceDefinition crd) {
    var schema = crd.getSpec().getVersions().getFirst().getSchema().getOpenAPIV3Schema();
    return actions.stream().filter(it -> it.fits(schema)).toList();
  }

  /** The script that says which actions there are, with the table of those this kind has. */
  private String discovery(List<ArgoAction> own) throws IOException {
    var table = new StringBuilder("local actions = {\n");
    for (var action : own) {
      table.append(
          "  [\"%s\"] = { displayName = \"%s\", iconClass = \"%s\" },\n"
              .formatted(action.name(), action.displayName(), action.iconClass()));
    }
    return table + "}\n" + Files.readString(folder.resolve("actions/discovery.lua"));
  }

  private String script(ArgoAction action) throws IOException {
    return Files.readString(folder.resolve("actions/" + action.name() + ".lua"));
  }

  /** The spec of the first valid sample of each kind. */
  private static Map<String, ObjectNode> samples(Path repository) throws IOException {
    var samples = new HashMap<String, ObjectNode>();
    try (var files = Files.list(repository.resolve("crds/src/test/resources/valid"))) {
      for (var file : files.sorted().toList()) {
        var sample = Serialization.unmarshal(Files.readString(file), JsonNode.class);
        samples.putIfAbsent(sample.path("kind").asText(), (ObjectNode) sample.path("spec"));
      }
    }
    return samples;
  }

  private static String kind(CustomResourceDefinition crd) {
    return crd.getSpec().getNames().getKind();
  }
}
