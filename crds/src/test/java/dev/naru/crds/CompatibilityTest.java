package dev.naru.crds;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.naru.crds.Compatibility.Finding;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No release takes anything away from the users of an earlier one. */
class CompatibilityTest {

  private static final Path RESOURCES = Path.of("src/test/resources");
  private static final String SCHEMA = "schema.openAPIV3Schema.properties.spec";

  /** One place of the definition in {@code compatibility.yaml}, changed. */
  record Change(JsonNode described) {

    List<Finding> findings() {
      var before = cases().get("definition");
      ObjectNode after = before.deepCopy();
      var version = (ObjectNode) after.at("/spec/versions/0");
      if (described.has("schema")) {
        set(version, SCHEMA + "." + described.get("schema").asText(), described.get("is"));
      } else if (described.has("version")) {
        set(version, described.get("version").asText(), described.get("is"));
      } else {
        set(after, described.required("definition").asText(), described.get("is"));
      }
      return Compatibility.of(List.of(crd(before)), List.of(crd(after)));
    }

    String found() {
      return described.path("found").asText();
    }

    @Override
    public String toString() {
      return described.toString();
    }

    private static CustomResourceDefinition crd(JsonNode document) {
      return Serialization.unmarshal(document.toString(), CustomResourceDefinition.class);
    }

    private static void set(ObjectNode document, String path, JsonNode value) {
      var steps = path.split("\\.", -1);
      var parent = document;
      for (var i = 0; i < steps.length - 1; i++) {
        parent = parent.withObjectProperty(steps[i]);
      }
      if (value.isNull()) {
        parent.remove(steps[steps.length - 1]);
      } else {
        parent.set(steps[steps.length - 1], value);
      }
    }
  }

  static List<Release> releases() {
    return Release.all().toList();
  }

  static Stream<Change> breaking() {
    return changes("breaking");
  }

  static Stream<Change> noted() {
    return changes("noted");
  }

  static Stream<Change> compatible() {
    return changes("compatible");
  }

  @ParameterizedTest
  @MethodSource("releases")
  void nothingIsTakenAwayFromUsersOf(Release release) {
    var findings = Compatibility.of(release.crds(), Documents.crds());

    findings.stream()
        .filter(it -> !it.breaking())
        .forEach(it -> System.out.printf("since %s, to be judged: %s%n", release, it));
    assertThat(findings)
        .filteredOn(Finding::breaking)
        .extracting(Finding::toString)
        .as(
            "since %s; take it back, or, when it harms nobody, say why in crds/%s/reviewed.yaml",
            release, RESOURCES)
        .isSubsetOf(reviewed());
  }

  @Test
  void whatWasReviewedIsStillFound() {
    var found = new TreeSet<String>();
    Release.all()
        .flatMap(it -> Compatibility.of(it.crds(), Documents.crds()).stream())
        .forEach(it -> found.add(it.toString()));

    assertThat(found).containsAll(reviewed());
  }

  @ParameterizedTest
  @MethodSource("breaking")
  void finds(Change change) {
    assertThat(change.findings())
        .filteredOn(Finding::breaking)
        .singleElement()
        .satisfies(it -> assertThat(it.toString()).contains(change.found()));
  }

  @ParameterizedTest
  @MethodSource("noted")
  void notes(Change change) {
    assertThat(change.findings()).containsExactly(note(change.found()));
  }

  @ParameterizedTest
  @MethodSource("compatible")
  void allows(Change change) {
    assertThat(change.findings()).isEmpty();
  }

  @Test
  void everyCornerNamesAFieldOfToday() {
    var fields = new TreeSet<String>();
    Documents.crds().forEach(crd -> Schemas.all(crd).forEach(node -> fields.add(node.path())));

    assertThat(fields).containsAll(() -> Trial.corners().fieldNames());
  }

  private static Finding note(String text) {
    var path = text.startsWith("Ferry v1: spec") ? "Ferry v1: spec" : "Ferry v1";
    return Finding.note(path, text.substring(path.length() + 1));
  }

  private static List<String> reviewed() {
    return Documents.yaml(RESOURCES.resolve("reviewed.yaml"))
        .propertyStream()
        .map(it -> it.getKey())
        .toList();
  }

  private static Stream<Change> changes(String which) {
    return cases().get(which).valueStream().map(Change::new);
  }

  private static JsonNode cases() {
    return Documents.yaml(RESOURCES.resolve("compatibility.yaml"));
  }
}
