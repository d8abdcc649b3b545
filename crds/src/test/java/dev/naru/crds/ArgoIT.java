package dev.naru.crds;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.naru.kubetest.Commands;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The configuration that the chart ships, read by Argo CD itself: its command line evaluates health
 * and actions of every state that a resource can be in. And what kstatus reads from the same
 * states.
 */
class ArgoIT {

  private static final Path ARGOCD = Commands.repository().resolve("charts/naru/argocd");
  private static final Path LAYOUT = ARGOCD.resolve("resource_customizations/naru.dev");
  private static final String TIME = "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z";

  /** What Argo CD said, by the words of the question; asked beforehand, a few at a time. */
  private static final Map<List<String>, Future<String>> ANSWERS = new HashMap<>();

  private static String argocd;
  private static String kstatus;

  record State(String kind, Path resource, String status, String message) {
    @Override
    public String toString() {
      return kind + " " + resource.getFileName();
    }
  }

  record Discovery(String kind, Path resource, Map<String, Boolean> disabled) {
    @Override
    public String toString() {
      return kind + " " + resource.getFileName();
    }
  }

  record Action(String kind, String name, Path resource, Path expected) {
    @Override
    public String toString() {
      return kind + " " + name;
    }
  }

  @BeforeAll
  static void ask() {
    // beside the paths it tells what it compiles
    var tools =
        Commands.run(60, Commands.script("e2e/tools/build"), "argocd", "kstatus")
            .lines()
            .filter(it -> it.startsWith("/"))
            .toList();
    argocd = tools.getFirst();
    kstatus = tools.getLast();
    // two processes per core keep the cores busy: each waits for its own start
    try (var pool = Executors.newFixedThreadPool(4)) {
      states().forEach(it -> ask(pool::submit, "health", it.resource().toString()));
      discoveries().forEach(it -> ask(pool::submit, "list-actions", it.resource().toString()));
      actions().forEach(it -> ask(pool::submit, "run-action", it.resource().toString(), it.name()));
    }
  }

  @Test
  void everyKindHasHealthAndTests() {
    var configuration = Documents.yaml(ARGOCD.resolve("argocd-cm.yaml")).get("data");
    for (var crd : Documents.crds()) {
      var kind = crd.getSpec().getNames().getKind();
      assertThat(configuration.has("resource.customizations.health.naru.dev_" + kind))
          .as("health of " + kind)
          .isTrue();
      assertThat(LAYOUT.resolve(kind).resolve("health_test.yaml")).exists();
    }
    assertThat(configuration.has("resource.customizations.actions.naru.dev_IngestionJob")).isTrue();
  }

  @ParameterizedTest
  @MethodSource("states")
  void showsHealth(State state) throws Exception {
    assertThat(answer("health", state.resource().toString()))
        .endsWith("STATUS: %s\nMESSAGE: %s\n".formatted(state.status(), state.message()));
  }

  @ParameterizedTest
  @MethodSource("discoveries")
  void offersActions(Discovery discovery) throws Exception {
    var offered = new TreeMap<String, Boolean>();
    answer("list-actions", discovery.resource().toString())
        .lines()
        .filter(line -> line.endsWith("true") || line.endsWith("false"))
        .map(line -> line.split(" +", -1))
        .forEach(words -> offered.put(words[0], Boolean.valueOf(words[1])));

    assertThat(offered).as("action: disabled").isEqualTo(discovery.disabled());
  }

  @ParameterizedTest
  @MethodSource("actions")
  void changesNothingButWhatItSays(Action action) throws Exception {
    var changed = changedLines(answer("run-action", action.resource().toString(), action.name()));

    assertThat(changed).isNotEmpty().isEqualTo(expectedChange(action));
  }

  @Test
  void kstatusReadsTheSameStates() {
    var expected = new ArrayList<String>();
    var files = new ArrayList<String>();
    for (var state : StreamSupport.stream(stateCases().spliterator(), false).toList()) {
      var file = file(state);
      var kind = state.path("kinds").path(0).asText("IngestionJob");
      expected.add(state.get("kstatus").asText() + " " + file);
      files.add(LAYOUT.resolve(kind).resolve("testdata").resolve(file).toString());
    }
    var command = Stream.concat(Stream.of(kstatus), files.stream()).toArray(String[]::new);
    var read = Commands.run(1, command).lines().map(line -> line.split("\t", -1)[1]).toList();

    var actual = new ArrayList<String>();
    for (var i = 0; i < read.size(); i++) {
      actual.add(read.get(i) + " " + Path.of(files.get(i)).getFileName());
    }
    assertThat(actual).isEqualTo(expected);
  }

  static List<State> states() {
    return tests(
        "health_test.yaml",
        (kind, tests) ->
            stream(tests.get("tests"))
                .map(
                    test ->
                        new State(
                            kind,
                            LAYOUT.resolve(kind).resolve(test.get("inputPath").asText()),
                            test.at("/healthStatus/status").asText(),
                            test.at("/healthStatus/message").asText())));
  }

  static List<Discovery> discoveries() {
    return tests(
        "actions/action_test.yaml",
        (kind, tests) ->
            stream(tests.get("discoveryTests"))
                .map(
                    test -> {
                      var disabled = new TreeMap<String, Boolean>();
                      test.get("result")
                          .forEach(
                              it ->
                                  disabled.put(
                                      it.get("name").asText(),
                                      it.path("disabled").asBoolean(false)));
                      return new Discovery(kind, in(kind, test.get("inputPath")), disabled);
                    }));
  }

  static List<Action> actions() {
    return tests(
        "actions/action_test.yaml",
        (kind, tests) ->
            stream(tests.get("actionTests"))
                .map(
                    test ->
                        new Action(
                            kind,
                            test.get("action").asText(),
                            in(kind, test.get("inputPath")),
                            in(kind, test.get("expectedOutputPath")))));
  }

  private interface Reading<T> {
    Stream<T> read(String kind, JsonNode tests);
  }

  private static <T> List<T> tests(String file, Reading<T> reading) {
    return Documents.crds().stream()
        .map(crd -> crd.getSpec().getNames().getKind())
        .filter(kind -> Files.exists(LAYOUT.resolve(kind).resolve(file)))
        .flatMap(kind -> reading.read(kind, Documents.yaml(LAYOUT.resolve(kind).resolve(file))))
        .toList();
  }

  private static Path in(String kind, JsonNode path) {
    return LAYOUT.resolve(kind).resolve("actions").resolve(path.asText()).normalize();
  }

  private static JsonNode stateCases() {
    return Documents.yaml(Path.of("src/test/resources/states.yaml"));
  }

  private static String file(JsonNode state) {
    return state.get("case").asText().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-")
        + ".yaml";
  }

  /** The lines a diff names, with the times in them made equal. */
  private static List<String> changedLines(String diff) {
    return diff.lines()
        .filter(line -> line.startsWith("<") || line.startsWith(">"))
        .map(line -> line.replaceAll("\"" + TIME + "\"", "TIME"))
        .toList();
  }

  private static List<String> expectedChange(Action action) {
    var before = Documents.yaml(action.resource());
    var after = Documents.yaml(action.expected());
    var change = new ArrayList<String>();
    var annotationsBefore = before.at("/metadata/annotations");
    if (annotationsBefore.isMissingNode() && after.at("/metadata/annotations").isObject()) {
      change.add(">   annotations:");
    }
    after
        .at("/metadata/annotations")
        .properties()
        .forEach(
            annotation -> {
              if (!annotation.getValue().equals(annotationsBefore.get(annotation.getKey()))) {
                change.add(">     " + annotation.getKey() + ": TIME");
              }
            });
    var suspendBefore = before.at("/spec/suspend");
    var suspendAfter = after.at("/spec/suspend");
    if (!suspendBefore.equals(suspendAfter)) {
      if (!suspendBefore.isMissingNode()) {
        change.add("<   suspend: " + suspendBefore);
      }
      if (!suspendAfter.isMissingNode()) {
        change.add(">   suspend: " + suspendAfter);
      }
    }
    return change;
  }

  private static Stream<JsonNode> stream(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false);
  }

  private interface Pool {
    Future<String> submit(Callable<String> task);
  }

  private static void ask(Pool pool, String... question) {
    ANSWERS.computeIfAbsent(
        List.of(question), it -> pool.submit(() -> Commands.run(1, command(it))));
  }

  private static String answer(String... question) throws Exception {
    return ANSWERS.get(List.of(question)).get();
  }

  private static String[] command(List<String> question) {
    return Stream.of(
            Stream.of(argocd, "admin", "settings", "resource-overrides"),
            question.stream(),
            Stream.of("--argocd-cm-path", ARGOCD.resolve("argocd-cm.yaml").toString()))
        .flatMap(it -> it)
        .toArray(String[]::new);
  }
}
