package dev.naru.operator.it;

import com.fasterxml.jackson.databind.JsonNode;
import dev.naru.crds.Lenient;
import dev.naru.crds.v1alpha1.ConditionTypes;
import dev.naru.operator.status.Reason;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.base.CustomResourceDefinitionContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test in which the operator shows a combination of conditions that {@code states.yaml} of
 * the crds module does not have: what Argo CD and kstatus make of it was looked at by nobody.
 */
final class StateOracle implements BeforeEachCallback, AfterEachCallback {

  private static final Path STATES =
      ControlPlane.root().resolve("crds/src/test/resources/states.yaml");

  private static final Set<String> REASONS =
      Arrays.stream(Reason.values()).map(Reason::code).collect(Collectors.toSet());

  /** What no health is read from: they tell of data, and every combination of them occurs. */
  private static final Set<String> OF_DATA =
      Set.of(
          ConditionTypes.CHECKS_PASSING,
          ConditionTypes.WITHIN_BUDGET,
          ConditionTypes.FRESH,
          ConditionTypes.SQL_ANALYZED,
          ConditionTypes.INPUTS_FRESH);

  /** The operator's first words about a resource, by what they say. */
  private static final ConcurrentSkipListMap<String, String> SEEN = new ConcurrentSkipListMap<>();

  private static boolean watching;

  @Override
  public void beforeEach(ExtensionContext context) {
    synchronized (StateOracle.class) {
      if (!watching) {
        definitions().forEach(StateOracle::watch);
        watching = true;
      }
    }
  }

  @Override
  public void afterEach(ExtensionContext context) {
    var known = known();
    var unknown = new ConcurrentSkipListMap<>(SEEN);
    unknown.keySet().removeAll(known);
    SEEN.keySet().removeAll(unknown.keySet());
    if (!unknown.isEmpty()) {
      throw new AssertionError(
          "add a case for each of these states to %s:%n%s"
              .formatted(
                  STATES,
                  unknown.entrySet().stream()
                      .map(it -> it.getKey() + "\n    e.g. " + it.getValue())
                      .collect(Collectors.joining("\n"))));
    }
  }

  private static List<CustomResourceDefinition> definitions() {
    try (var files = Files.list(ControlPlane.root().resolve("crds"))) {
      return files
          .filter(it -> it.toString().endsWith(".yaml"))
          .map(it -> read(it, CustomResourceDefinition.class))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void watch(CustomResourceDefinition definition) {
    var client = ControlPlane.get().admin;
    client
        .genericKubernetesResources(CustomResourceDefinitionContext.fromCrd(definition))
        .inAnyNamespace()
        .watch(
            new Watcher<>() {
              @Override
              public void eventReceived(Action action, GenericKubernetesResource resource) {
                JsonNode conditions =
                    client
                        .getKubernetesSerialization()
                        .convertValue(resource, JsonNode.class)
                        .at("/status/conditions");
                if (!conditions.isEmpty()) {
                  SEEN.putIfAbsent(state(resource.getKind(), conditions), conditions.toString());
                }
              }

              @Override
              public void onClose(WatcherException cause) {
                throw new IllegalStateException("nobody watches states any more", cause);
              }
            });
  }

  private static Set<String> known() {
    var known = new TreeSet<String>();
    var kinds = definitions().stream().map(it -> it.getSpec().getNames().getKind()).toList();
    for (var state : read(STATES, JsonNode.class)) {
      var own =
          state.has("kinds")
              ? StreamSupport.stream(state.get("kinds").spliterator(), false)
                  .map(JsonNode::asText)
                  .toList()
              : kinds;
      own.forEach(kind -> known.add(state(kind, state.at("/resource/status/conditions"))));
    }
    return known;
  }

  /** The kind with its conditions; the many reasons of worker and warehouse count as one. */
  private static String state(String kind, JsonNode conditions) {
    return StreamSupport.stream(conditions.spliterator(), false)
        .filter(it -> !OF_DATA.contains(it.path("type").asText()))
        .map(
            it ->
                "%s=%s/%s"
                    .formatted(
                        it.path("type").asText(),
                        it.path("status").asText(),
                        REASONS.contains(it.path("reason").asText())
                            ? it.path("reason").asText()
                            : "…"))
        .sorted()
        .collect(Collectors.joining(" ", kind + ": ", ""));
  }

  private static <T> T read(Path file, Class<T> type) {
    try {
      return Lenient.serialization().unmarshal(Files.readString(file), type);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
