package dev.naru.crds;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.naru.kubetest.Commands;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A released version as {@code charts/release} has frozen it.
 *
 * @param folder {@code charts/released/<version>}
 */
record Release(Path folder) {

  /** An object of a release. */
  record Kept(Path file, ObjectNode document) {

    String kind() {
      return document.get("kind").asText();
    }

    @Override
    public String toString() {
      return "%s %s of %s"
          .formatted(kind(), document.at("/metadata/name").asText(), file.getFileName());
    }
  }

  /** Every release, oldest first. */
  static Stream<Release> all() {
    try (var folders = Files.list(Path.of(Commands.script("charts/released")))) {
      return folders.filter(Files::isDirectory).sorted().map(Release::new).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String version() {
    return folder.getFileName().toString();
  }

  /** Its definitions. */
  List<CustomResourceDefinition> crds() {
    return Documents.files(folder.resolve("naru/files/crds"))
        .map(file -> Serialization.unmarshal(Documents.text(file), CustomResourceDefinition.class))
        .toList();
  }

  /** Its objects: samples, valid documents, and those that try every value. */
  List<Kept> objects() {
    try (var files = Files.list(folder.resolve("objects"))) {
      return files.sorted().flatMap(Release::objects).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return version();
  }

  private static Stream<Kept> objects(Path file) {
    var kept = new ArrayList<Kept>();
    for (var text : Documents.text(file).split("(?m)^---\n", -1)) {
      if (!text.isBlank()) {
        collect(file, Serialization.unmarshal(text, JsonNode.class), kept);
      }
    }
    return kept.stream();
  }

  private static void collect(Path file, JsonNode document, List<Kept> kept) {
    if (document.get("kind").asText().equals("List")) {
      document.get("items").forEach(item -> collect(file, item, kept));
    } else {
      kept.add(new Kept(file, (ObjectNode) document));
    }
  }
}
