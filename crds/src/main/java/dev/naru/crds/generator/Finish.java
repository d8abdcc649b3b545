package dev.naru.crds.generator;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** What the annotations cannot express. */
final class Finish {

  private Finish() {}

  static CustomResourceDefinition crd(
      Class<? extends HasMetadata> kind, CustomResourceDefinition crd) {
    return new CustomResourceDefinitionBuilder(crd)
        .editSpec()
        .editFirstVersion()
        .withAdditionalPrinterColumns(columns(kind, crd))
        .editSchema()
        .withOpenAPIV3Schema(schema(kind, crd))
        .endSchema()
        .endVersion()
        .endSpec()
        .build();
  }

  /**
   * In the order of the annotations; the generator sorts them by path. The API server drops a
   * priority of 0, which GitOps tools would show as a difference for ever.
   */
  private static List<CustomResourceColumnDefinition> columns(
      Class<? extends HasMetadata> kind, CustomResourceDefinition crd) {
    var order =
        Arrays.stream(kind.getAnnotationsByType(AdditionalPrinterColumn.class))
            .map(AdditionalPrinterColumn::name)
            .toList();
    return crd.getSpec().getVersions().getFirst().getAdditionalPrinterColumns().stream()
        .sorted(Comparator.comparingInt(column -> order.indexOf(column.getName())))
        .peek(column -> column.setPriority(column.getPriority() == 0 ? null : column.getPriority()))
        .toList();
  }

  private static JSONSchemaProps schema(
      Class<? extends HasMetadata> kind, CustomResourceDefinition crd) {
    var schema = crd.getSpec().getVersions().getFirst().getSchema().getOpenAPIV3Schema();
    schema.setDescription(kind.getAnnotation(JsonClassDescription.class).value());
    schema.setRequired(List.of("spec"));
    var spec = schema.getProperties().get("spec");
    spec.setDescription("What is wanted");
    var status = schema.getProperties().get("status");
    status.setDescription("What is; written by the operator alone");
    // a new resource does not look current before its first reconcile
    status.setDefault(JsonNodeFactory.instance.objectNode().put("observedGeneration", -1));
    // two writers of conditions merge by type
    var conditions = status.getProperties().get("conditions");
    conditions.setXKubernetesListType("map");
    conditions.setXKubernetesListMapKeys(List.of("type"));
    return schema;
  }
}
