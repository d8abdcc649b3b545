package dev.naru.crds.generator;

import dev.naru.crds.v1alpha1.Backfill;
import dev.naru.crds.v1alpha1.Connection;
import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.IngestionJob;
import dev.naru.crds.v1alpha1.ModelService;
import dev.naru.crds.v1alpha1.Warehouse;
import dev.naru.crds.v1alpha1.WorkloadTemplate;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes the CRDs and what is derived from them. */
public final class Generator {

  static final List<Class<? extends HasMetadata>> KINDS =
      List.of(
          Warehouse.class,
          Connection.class,
          IngestionJob.class,
          DataMart.class,
          Backfill.class,
          ModelService.class,
          WorkloadTemplate.class);

  private static final String HEADER =
      "# Generated from the Java model in crds/src/main/java; edit that and run: make crds\n";

  private Generator() {}

  /**
   * Writes {@code crds/<plural>.yaml} per kind, {@code docs/api.md}, {@code docs/conditions.md} and
   * what Argo CD has to know of the kinds.
   *
   * @param args the root of the repository
   */
  public static void main(String[] args) throws IOException {
    var repository = Path.of(args[0]);
    var crds = crds();
    for (var crd : crds) {
      var name = crd.getSpec().getNames().getPlural() + ".yaml";
      Files.writeString(repository.resolve("crds").resolve(name), HEADER + yaml(crd));
    }
    Files.writeString(
        repository.resolve("docs/api.md"), ApiReference.of(crds, Examples.of(repository)));
    Files.writeString(repository.resolve("docs/conditions.md"), ConditionReference.of(repository));
    writeAll(
        repository.resolve(ArgoCustomizations.FOLDER),
        ArgoCustomizations.of(repository, crds),
        ArgoCustomizations.LAYOUT);
    writeAll(repository.resolve(JsonSchemas.FOLDER), JsonSchemas.of(crds), "");
  }

  /** Writes files below a folder; what else is in its folder {@code owned} goes. */
  private static void writeAll(Path folder, Map<String, String> files, String owned)
      throws IOException {
    var kept = files.keySet().stream().map(folder::resolve).collect(Collectors.toSet());
    if (Files.exists(folder.resolve(owned))) {
      try (var before = Files.walk(folder.resolve(owned))) {
        for (var file : before.filter(Files::isRegularFile).toList()) {
          if (!kept.contains(file)) {
            Files.delete(file);
          }
        }
      }
    }
    for (var file : files.entrySet()) {
      var path = folder.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue());
    }
  }

  /** The finished CRDs, in the order of {@link #KINDS}. */
  static List<CustomResourceDefinition> crds() {
    return KINDS.stream().map(kind -> Finish.crd(kind, raw(kind))).toList();
  }

  private static CustomResourceDefinition raw(Class<? extends HasMetadata> kind) {
    var output = new Memory();
    new CRDGenerator()
        .customResourceClasses(kind)
        .forCRDVersions("v1")
        .withOutput(output)
        .detailedGenerate();
    return Serialization.unmarshal(output.text(), CustomResourceDefinition.class);
  }

  private static String yaml(CustomResourceDefinition crd) {
    return Serialization.asYaml(crd).replaceFirst("^---\n", "");
  }

  /** Keeps the one CRD that is written. */
  private static final class Memory extends CRDGenerator.AbstractCRDOutput<ByteArrayOutputStream> {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Override
    protected ByteArrayOutputStream createStreamFor(String name) {
      return bytes;
    }

    String text() {
      return bytes.toString(StandardCharsets.UTF_8);
    }
  }
}
