package dev.naru.crds;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A document that must be refused.
 *
 * @param name what is wrong with it
 * @param document the whole document
 * @param message part of what the API server must say
 */
record Refusal(String name, ObjectNode document, String message) {

  static Stream<Refusal> all() {
    var cases = Documents.yaml(Path.of("src/test/resources/refusals.yaml"));
    return StreamSupport.stream(cases.spliterator(), false).map(Refusal::of);
  }

  private static Refusal of(JsonNode one) {
    return new Refusal(
        one.required("case").asText(),
        Documents.valid(one.required("valid").asText(), one.required("set")),
        one.required("refused").asText());
  }

  @Override
  public String toString() {
    return document.get("kind").asText() + ": " + name;
  }
}
