package dev.naru.operator.template;

import dev.naru.crds.v1alpha1.WorkloadTemplate;
import dev.naru.crds.v1alpha1.WorkloadTemplateSpec;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The templates there are, in any order, and which of them count for a resource. Pure.
 *
 * @param cluster the chart's value
 * @param inNamespace those of one namespace
 */
public record Templates(
    Optional<WorkloadTemplateSpec> cluster, List<WorkloadTemplate> inNamespace) {

  /** What counts for a resource, farthest first. */
  sealed interface Chain {

    /** These, and of one and the same field the later one. */
    record Found(List<Layer> layers) implements Chain {}

    /** The template that is named does not exist. */
    record Missing(String name) implements Chain {}

    /** Several claim to be the default: none is picked. */
    record SeveralDefaults(List<String> names) implements Chain {}
  }

  public Templates {
    inNamespace =
        inNamespace.stream()
            .sorted(Comparator.comparing((WorkloadTemplate it) -> it.getMetadata().getName()))
            .toList();
  }

  /** Whether a template is the default of its namespace. */
  public static boolean isDefault(WorkloadTemplate template) {
    return Boolean.TRUE.equals(template.getSpec().isDefault());
  }

  /** Names of the templates that claim to be the default, sorted. */
  List<String> defaults() {
    return inNamespace.stream().filter(Templates::isDefault).map(Templates::name).toList();
  }

  Chain chain(Optional<String> named) {
    var defaults = inNamespace.stream().filter(Templates::isDefault).toList();
    if (defaults.size() > 1) {
      return new Chain.SeveralDefaults(defaults());
    }
    var layers = new ArrayList<Layer>();
    cluster.ifPresent(spec -> layers.add(new Layer(new Origin.ClusterDefault(), spec)));
    defaults.forEach(it -> layers.add(layer(it)));
    if (named.isPresent() && defaults.stream().noneMatch(it -> name(it).equals(named.get()))) {
      var template = inNamespace.stream().filter(it -> name(it).equals(named.get())).findFirst();
      if (template.isEmpty()) {
        return new Chain.Missing(named.get());
      }
      layers.add(layer(template.get()));
    }
    return new Chain.Found(List.copyOf(layers));
  }

  static Layer layer(WorkloadTemplate template) {
    return new Layer(new Origin.Template(name(template)), template.getSpec());
  }

  private static String name(HasMetadata resource) {
    return resource.getMetadata().getName();
  }
}
