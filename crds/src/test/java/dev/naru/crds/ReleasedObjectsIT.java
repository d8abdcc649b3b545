package dev.naru.crds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertAll;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.naru.kubetest.ControlPlane;
import dev.naru.kubetest.WithControlPlane;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Objects of every release live on when the definitions are upgraded, on a real API server: what
 * was stored stays as it is and can be changed, and what a Git repository holds can be created
 * anew. The definitions get a group of their own, so that other tests keep theirs.
 */
@WithControlPlane
class ReleasedObjectsIT {

  private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  @TempDir Path folder;

  static List<Release> releases() {
    return Release.all().toList();
  }

  @ParameterizedTest
  @MethodSource("releases")
  void liveOnAfterAnUpgradeOf(Release release, ControlPlane server, KubernetesClient client)
      throws IOException {
    var group = "released-" + release.version().replace('.', '-') + ".naru.dev";
    var objects = objects(release, group, server);
    assertThat(objects).hasSizeGreaterThan(20);
    for (var i = 0; i < objects.size(); i++) {
      Files.writeString(folder.resolve(i + ".json"), objects.get(i).toString());
    }
    install(server, release.crds(), group);
    server.kubectl("apply", "-f", folder.toString());
    var status = statuses(release);
    for (var object : objects) {
      writeStatus(client, object, status.get(object.get("kind").asText()));
    }
    var before = objects.stream().map(it -> stored(client, it)).toList();

    install(server, Documents.crds(), group);

    assertThat(objects.stream().map(it -> stored(client, it)).toList())
        .as("what the release stored, unpruned")
        .isEqualTo(before);
    assertThat(server.kubectl("apply", "-f", folder.toString()).lines())
        .as("the same manifests applied again")
        .hasSize(objects.size())
        .allMatch(it -> it.endsWith(" unchanged"));
    server.kubectl("apply", "--server-side", "--force-conflicts", "-f", folder.toString());
    assertThat(objects.stream().map(it -> stored(client, it).at("/metadata/generation")).toList())
        .as("generations after a server-side apply")
        .isEqualTo(before.stream().map(it -> it.at("/metadata/generation")).toList());
    assertAll(
        "written to as people and operators do",
        before.stream()
            .map(
                it ->
                    () -> {
                      writeStatus(client, it, it.path("status"));
                      client
                          .resource(Documents.resource(it))
                          .patch(MERGE, "{\"metadata\": {\"labels\": {\"changed\": \"true\"}}}");
                    }));
    assertStoredVersionsExist(client, group);
    var refusals = objects.stream().flatMap(it -> refusal(client, it).stream()).toList();
    assertThat(refusals)
        .as("created anew")
        .allMatch(it -> reviewed().stream().anyMatch(it::contains));
    assertThat(reviewed())
        .as("what refused-anew.yaml excuses")
        .allMatch(it -> refusals.stream().anyMatch(refusal -> refusal.contains(it)));
    server.kubectl("delete", "crd", "--selector", "released=" + group);
  }

  private static Optional<String> refusal(KubernetesClient client, ObjectNode object) {
    try {
      client.resource(anew(object)).dryRun().create();
      return Optional.empty();
    } catch (KubernetesClientException e) {
      return Optional.of(e.getMessage());
    }
  }

  /** How refusals begin that are known and harm nobody. */
  private static Set<String> reviewed() {
    var names = new TreeSet<String>();
    Documents.yaml(Path.of("src/test/resources/refused-anew.yaml"))
        .fieldNames()
        .forEachRemaining(names::add);
    return names;
  }

  /** The objects in a group of their own; of each file in a namespace of its own. */
  private static List<ObjectNode> objects(Release release, String group, ControlPlane server) {
    var namespaces = new HashMap<Path, String>();
    return release.objects().stream()
        .map(
            it -> {
              var document = it.document().deepCopy();
              document.put(
                  "apiVersion", document.get("apiVersion").asText().replace("naru.dev", group));
              document.remove("status");
              document
                  .withObjectProperty("metadata")
                  .put(
                      "namespace",
                      namespaces.computeIfAbsent(it.file(), _ -> server.newNamespace()));
              return document;
            })
        .toList();
  }

  /** One status per kind, as schema and random numbers have it. */
  private static Map<String, JsonNode> statuses(Release release) {
    var statuses = new HashMap<String, JsonNode>();
    for (var crd : release.crds()) {
      var schema = Schemas.properties(Schemas.root(crd)).get("status");
      statuses.put(crd.getSpec().getNames().getKind(), new RandomDocument(1).of(schema));
    }
    return statuses;
  }

  private void install(ControlPlane server, List<CustomResourceDefinition> crds, String group)
      throws IOException {
    var files = new ArrayList<String>();
    for (var crd : crds) {
      var moved = Serialization.clone(crd);
      moved.getMetadata().setName(crd.getSpec().getNames().getPlural() + "." + group);
      moved.getMetadata().setLabels(Map.of("released", group));
      moved.getSpec().setGroup(group);
      // "ij" is the short name of the definitions that other tests use
      moved.getSpec().getNames().setShortNames(List.of());
      moved.getSpec().getNames().setCategories(List.of());
      var file =
          Files.writeString(
              Files.createDirectories(folder.resolveSibling(folder.getFileName() + "-crds"))
                  .resolve(moved.getMetadata().getName() + ".yaml"),
              Serialization.asYaml(moved));
      files.addAll(List.of("-f", file.toString()));
    }
    // as helm upgrade does, without server-side apply
    server.kubectl(Stream.concat(Stream.of("apply"), files.stream()).toArray(String[]::new));
    server.kubectl(
        "wait",
        "--for=condition=Established",
        "crd",
        "--selector",
        "released=" + group,
        "--timeout=30s");
  }

  private static void writeStatus(KubernetesClient client, JsonNode object, JsonNode status) {
    client
        .resource(Documents.resource(object))
        .subresource("status")
        .patch(MERGE, JSON.objectNode().set("status", status).toString());
  }

  private static JsonNode stored(KubernetesClient client, JsonNode object) {
    var stored = client.resource(Documents.resource(object)).get();
    stored.getMetadata().setManagedFields(null);
    stored.getMetadata().setResourceVersion(null);
    return Documents.json(stored);
  }

  private static GenericKubernetesResource anew(ObjectNode object) {
    var document = object.deepCopy();
    // names may already have the greatest length
    var name = document.at("/metadata/name").asText();
    document.withObjectProperty("metadata").put("name", "0" + name.substring(1));
    return Documents.resource(document);
  }

  private static void assertStoredVersionsExist(KubernetesClient client, String group) {
    var crds = client.resources(CustomResourceDefinition.class).withLabel("released", group).list();
    assertThat(crds.getItems())
        .allSatisfy(
            crd ->
                assertThat(crd.getSpec().getVersions())
                    .as(
                        "versions in which objects of %s may be stored",
                        crd.getMetadata().getName())
                    .extracting(it -> it.getName())
                    .containsAll(crd.getStatus().getStoredVersions()));
  }
}
