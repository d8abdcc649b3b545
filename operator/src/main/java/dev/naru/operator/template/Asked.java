package dev.naru.operator.template;

import dev.naru.crds.v1alpha1.PodSettings;
import java.util.List;
import java.util.Optional;

/**
 * What a resource says about its workload.
 *
 * @param namespace its namespace, for messages
 * @param path where its pod block stands, for messages
 * @param template what {@code spec.templateRef} names
 * @param pod its own pod block
 * @param images images that it names; empty where the pod runs Naru's worker
 */
public record Asked(
    String namespace,
    String path,
    Optional<String> template,
    Optional<PodSettings> pod,
    List<Image> images) {

  public Asked {
    images = List.copyOf(images);
  }
}
