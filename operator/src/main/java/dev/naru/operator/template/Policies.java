package dev.naru.operator.template;

import dev.naru.crds.v1alpha1.Policy;
import dev.naru.crds.v1alpha1.PolicyResources;
import dev.naru.operator.kube.Quantities;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The policies of all templates that count for a resource; the strictest holds. Pure. */
record Policies(List<Layer> layers) {

  /** The least of all bounds, by resource; of equal ones the farthest template is named. */
  SortedMap<String, Traced<Quantity>> max() {
    var max = new TreeMap<String, Traced<Quantity>>();
    for (var layer : layers) {
      policy(layer)
          .map(Policy::resources)
          .map(PolicyResources::max)
          .orElse(Map.of())
          .forEach(
              (resource, bound) ->
                  max.merge(
                      resource,
                      new Traced<>(Quantities.canonical(bound), layer.origin()),
                      (known, other) -> more(known.value(), other.value()) ? other : known));
    }
    return max;
  }

  /** Requests and limits above their bound, one sentence each. */
  List<String> aboveMax(String pod, Settings settings) {
    var problems = new ArrayList<String>();
    max()
        .forEach(
            (resource, bound) -> {
              above(
                      pod + ".resources.requests." + resource,
                      settings.requests().get(resource),
                      bound)
                  .ifPresent(problems::add);
              above(pod + ".resources.limits." + resource, settings.limits().get(resource), bound)
                  .ifPresent(problems::add);
            });
    return problems;
  }

  /** Labels that are required and absent, one sentence each. */
  List<String> missingLabels(String pod, Settings settings) {
    var required = new TreeMap<String, Origin>();
    for (var layer : layers) {
      policy(layer)
          .map(Policy::requiredLabels)
          .orElse(List.of())
          .forEach(key -> required.putIfAbsent(key, layer.origin()));
    }
    return required.entrySet().stream()
        .filter(it -> !settings.labels().containsKey(it.getKey()))
        .map(
            it ->
                "%s.labels: the label %s is missing, which %s requires: add it there, or to pod.labels of a template that counts here"
                    .formatted(pod, it.getKey(), it.getValue().words()))
        .toList();
  }

  /** Images from elsewhere, one sentence each; every template that names registries must agree. */
  List<String> foreignImages(List<Image> images) {
    var problems = new ArrayList<String>();
    for (var image : images) {
      layers.stream()
          .filter(it -> !registries(it).isEmpty())
          .filter(it -> registries(it).stream().noneMatch(image::within))
          .findFirst()
          .map(
              it ->
                  "%s: %s does not come from a registry that %s allows (%s): use an image from there, or have its policy.registries extended"
                      .formatted(
                          image.path(),
                          image.name(),
                          it.origin().words(),
                          String.join(", ", registries(it))))
          .ifPresent(problems::add);
    }
    return problems;
  }

  static boolean more(Quantity one, Quantity other) {
    return one.getNumericalAmount().compareTo(other.getNumericalAmount()) > 0;
  }

  private static Optional<String> above(
      String path, Traced<Quantity> declared, Traced<Quantity> bound) {
    return Optional.ofNullable(declared)
        .filter(it -> more(it.value(), bound.value()))
        .map(
            it ->
                "%s: %s is above %s, the most that %s allows: write less, or have its policy.resources.max raised"
                    .formatted(path, it.shown(), bound.value(), bound.origin().words()));
  }

  private static List<String> registries(Layer layer) {
    return policy(layer).map(Policy::registries).orElse(List.of());
  }

  private static Optional<Policy> policy(Layer layer) {
    return Optional.ofNullable(layer.spec().policy());
  }
}
