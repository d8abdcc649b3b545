package dev.naru.e2e;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** kubectl, in one namespace. */
record Kubectl(String namespace) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration DEADLINE = Duration.ofMinutes(1);

  /** Runs kubectl and gives what it prints; fails when it fails. */
  String run(String... arguments) {
    return ended("", arguments).orFail();
  }

  /** Runs kubectl and tells how it ended. */
  Commands.Ended ended(String input, String... arguments) {
    var words = Stream.concat(Stream.of("kubectl", "--namespace", namespace), Stream.of(arguments));
    return Commands.ended(DEADLINE, input, words.toArray(String[]::new));
  }

  /** Applies manifests as a person does. */
  void apply(String yaml) {
    ended(yaml, "apply", "-f", "-").orFail();
  }

  /** One object; empty when there is none. */
  Optional<JsonNode> find(String kind, String name) {
    var text = run("get", kind, name, "--ignore-not-found", "--output", "json");
    return text.isBlank() ? Optional.empty() : Optional.of(json(text));
  }

  /** One object. */
  JsonNode get(String kind, String name) {
    return json(run("get", kind, name, "--output", "json"));
  }

  /** The objects of some kinds with a label. */
  List<JsonNode> list(String kinds, String selector) {
    return json(run("get", kinds, "--selector", selector, "--output", "json"))
        .get("items")
        .valueStream()
        .toList();
  }

  /** Sets an annotation. */
  void annotate(String kind, String name, String key, String value) {
    run("annotate", kind, name, "--overwrite", key + "=" + value);
  }

  /** A text as JSON, and so YAML, writes it. */
  static String quoted(String text) {
    return JSON.valueToTree(text).toString();
  }

  static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + text, e);
    }
  }
}
