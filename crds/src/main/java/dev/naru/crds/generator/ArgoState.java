package dev.naru.crds.generator;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * A state that resources can be in, and what is shown for it.
 *
 * @param name in words
 * @param kinds the kinds that have this state; empty means every kind
 * @param resource what the state consists of, laid over a sample of the kind
 * @param health what Argo CD shows
 * @param kstatus what kstatus reads
 * @param enabled the actions that can be clicked; null means not looked at
 */
record ArgoState(
    @JsonProperty(value = "case", required = true) String name,
    List<String> kinds,
    @JsonProperty(required = true) ObjectNode resource,
    @JsonProperty(required = true) Health health,
    @JsonProperty(required = true) String kstatus,
    List<String> enabled) {

  /** Health as Argo CD shows it. */
  record Health(String status, String message) {}

  ArgoState {
    kinds = kinds == null ? List.of() : List.copyOf(kinds);
  }

  static List<ArgoState> all(Path repository) throws IOException {
    return List.of(
        Serialization.unmarshal(
            Files.readString(repository.resolve("crds/src/test/resources/states.yaml")),
            ArgoState[].class));
  }

  boolean of(String kind) {
    return kinds.isEmpty() || kinds.contains(kind);
  }

  /** Name of the file that holds a resource in this state. */
  String file() {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-") + ".yaml";
  }
}
