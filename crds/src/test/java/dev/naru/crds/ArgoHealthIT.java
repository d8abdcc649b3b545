package dev.naru.crds;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.naru.kubetest.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The health script that the chart ships, in the Lua interpreter that Argo CD embeds. */
class ArgoHealthIT {

  private static final Path SCRIPT = Commands.repository().resolve("charts/naru/argocd/health.lua");

  private static Path lua;

  @TempDir private Path folder;

  record State(String name, JsonNode resource, String status, String message) {
    @Override
    public String toString() {
      return name;
    }
  }

  @BeforeAll
  static void findLua() {
    lua =
        Path.of(
            Commands.run(10, Commands.script("e2e/tools/build"), "glua")
                .lines()
                .toList()
                .getLast());
  }

  static List<State> states() {
    return StreamSupport.stream(
            Documents.yaml(Path.of("src/test/resources/health.yaml")).spliterator(), false)
        .map(
            state ->
                new State(
                    state.get("case").asText(),
                    state.get("resource"),
                    state.get("status").asText(),
                    state.get("message").asText()))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("states")
  void showsState(State state) throws IOException {
    var program =
        Files.writeString(
            folder.resolve("health.lua"),
            "obj = %s\nlocal function script()\n%s\nend\nlocal health = script()\nprint(health.status)\nprint(health.message)\n"
                .formatted(lua(state.resource()), Files.readString(SCRIPT)));

    assertThat(Commands.run(1, lua.toString(), program.toString()))
        .isEqualTo(state.status() + "\n" + state.message() + "\n");
  }

  /** A document as a Lua table. */
  private static String lua(JsonNode value) {
    if (value.isObject()) {
      return value.properties().stream()
          .map(property -> "[\"" + property.getKey() + "\"] = " + lua(property.getValue()))
          .collect(Collectors.joining(", ", "{", "}"));
    }
    if (value.isArray()) {
      return StreamSupport.stream(value.spliterator(), false)
          .map(ArgoHealthIT::lua)
          .collect(Collectors.joining(", ", "{", "}"));
    }
    return value.toString();
  }
}
