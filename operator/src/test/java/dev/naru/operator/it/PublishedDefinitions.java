package dev.naru.operator.it;

import dev.naru.crds.Lenient;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Definitions of kinds that are not ours, as their makers publish them; they may come and go. */
final class PublishedDefinitions {

  static final PublishedDefinitions GATEWAY = new PublishedDefinitions("gateway", ".yaml");
  static final PublishedDefinitions MONITORING =
      new PublishedDefinitions("monitoring", "_podmonitorings.yaml", "_podmonitors.yaml");

  private final String group;
  private final List<String> endings;
  private List<CustomResourceDefinition> definitions;

  private PublishedDefinitions(String group, String... endings) {
    this.group = group;
    this.endings = List.of(endings);
  }

  /** The API server serves them afterwards. */
  void install(KubernetesClient admin) {
    definitions().forEach(it -> admin.resource(it).serverSideApply());
    definitions()
        .forEach(
            it ->
                Await.until(
                    it.getMetadata().getName() + " is served",
                    () ->
                        admin.resource(it).get().getStatus() != null
                            && admin.resource(it).get().getStatus().getConditions().stream()
                                .anyMatch(
                                    condition ->
                                        condition.getType().equals("Established")
                                            && condition.getStatus().equals("True"))));
  }

  /** And knows them no more. */
  void remove(KubernetesClient admin) {
    definitions().forEach(it -> admin.resource(it).delete());
    definitions()
        .forEach(
            it ->
                Await.until(
                    it.getMetadata().getName() + " is gone",
                    () -> admin.resource(it).get() == null));
  }

  private synchronized List<CustomResourceDefinition> definitions() {
    if (definitions == null) {
      try {
        var process =
            new ProcessBuilder(
                    ControlPlane.root().resolve("e2e/tools/published-definitions").toString(),
                    group)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        definitions =
            said.lines()
                .filter(it -> endings.stream().anyMatch(it::endsWith))
                .map(it -> read(Path.of(it)))
                .toList();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return definitions;
  }

  private static CustomResourceDefinition read(Path file) {
    try {
      return Lenient.serialization()
          .unmarshal(Files.readString(file), CustomResourceDefinition.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
