package dev.naru.operator.pod;

import dev.naru.crds.v1alpha1.PodSettings;
import dev.naru.operator.kube.Quantities;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContextBuilder;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import java.util.List;
import java.util.Map;

/** Parts of pods that are declared alike in every kind. Pure. */
public final class Pods {

  /** Argo CD would refresh the application at each of their status changes. */
  public static final Map<String, String> QUIET =
      Map.of("argocd.argoproj.io/ignore-resource-updates", "true");

  private Pods() {}

  /** What the restricted pod security standard asks of a container, and files it cannot change. */
  public static SecurityContext confined() {
    return new SecurityContextBuilder()
        .withAllowPrivilegeEscalation(false)
        .withReadOnlyRootFilesystem(true)
        .withNewCapabilities()
        .withDrop("ALL")
        .endCapabilities()
        .build();
  }

  /** CPU and memory of the container, as the API server stores them. */
  public static ResourceRequirements resources(PodSettings pod) {
    return new ResourceRequirementsBuilder()
        .withRequests(Quantities.canonical(pod.resources().requests()))
        .withLimits(Quantities.canonical(pod.resources().limits()))
        .build();
  }

  /** Taints that the pod accepts. */
  public static List<Toleration> tolerations(PodSettings pod) {
    return pod.tolerations().stream()
        .map(
            it ->
                new TolerationBuilder()
                    .withKey(it.key())
                    .withOperator(it.operator())
                    .withValue(it.value())
                    .withEffect(it.effect())
                    .withTolerationSeconds(it.tolerationSeconds())
                    .build())
        .toList();
  }
}
