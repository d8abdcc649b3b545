package dev.naru.operator.model;

import dev.naru.crds.v1alpha1.Autoscaling;
import dev.naru.crds.v1alpha1.Defaults;
import dev.naru.crds.v1alpha1.Durations;
import dev.naru.crds.v1alpha1.Labels;
import dev.naru.crds.v1alpha1.ModelService;
import dev.naru.crds.v1alpha1.PodSettings;
import dev.naru.crds.v1alpha1.ServingPort;
import dev.naru.operator.kube.Children;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServicePortBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** The objects a ModelService stands for. Pure; golden YAML holds every field. */
final class ServingManifests {

  /** A rollout may stop for this long beyond the time of a start: nodes come, images are pulled. */
  private static final Duration BEFORE_A_START = Duration.ofMinutes(5);

  /** Beside that a model is fetched. */
  private static final Duration WITH_A_MODEL = Duration.ofMinutes(30);

  private static final int REVISIONS_KEPT = 3;

  private final ModelService service;
  private final PodSettings pod;
  private final boolean ownAccount;
  private final Map<String, String> selector;
  private final String revision;

  ServingManifests(ModelService service, ServingResolution.Resolved resolved) {
    this.service = service;
    this.pod = resolved.pod();
    this.ownAccount = resolved.ownAccount();
    this.selector = PodManifests.selector(service);
    this.revision =
        new PodManifests(service, pod).template().getMetadata().getLabels().get(Labels.REVISION);
  }

  /** The identity of the pods; empty when another one is declared. */
  Optional<ServiceAccount> serviceAccount() {
    return ownAccount
        ? Optional.of(
            new ServiceAccountBuilder()
                .withMetadata(metadata())
                .withAutomountServiceAccountToken(false)
                .build())
        : Optional.empty();
  }

  /**
   * The pods.
   *
   * @param paused a new revision waits; what is rolled out stays and is scaled
   * @param fetcher image of what fetches the model
   */
  Deployment deployment(Optional<Boolean> paused, String fetcher) {
    var template = new PodManifests(service, pod).template();
    template.getSpec().getInitContainers().forEach(it -> it.setImage(fetcher));
    return new DeploymentBuilder()
        .withMetadata(metadata())
        .withNewSpec()
        .withReplicas(service.getSpec().replicas())
        .withPaused(paused.orElse(null))
        .withNewSelector()
        .withMatchLabels(selector)
        .endSelector()
        .withNewStrategy()
        .withType("RollingUpdate")
        .withNewRollingUpdate()
        .withMaxUnavailable(new IntOrString(0))
        .withMaxSurge(new IntOrString(1))
        .endRollingUpdate()
        .endStrategy()
        .withProgressDeadlineSeconds(
            (int)
                ServingProbe.startup(service.getSpec())
                    .plus(service.getSpec().model() == null ? BEFORE_A_START : WITH_A_MODEL)
                    .toSeconds())
        .withRevisionHistoryLimit(REVISIONS_KEPT)
        .withTemplate(template)
        .endSpec()
        .build();
  }

  /** Name of the declared revision. */
  String revision() {
    return revision;
  }

  /** One address for all pods that answer. */
  Service service() {
    return new ServiceBuilder()
        .withMetadata(metadata())
        .withNewSpec()
        .withSelector(selector)
        .withPorts(service.getSpec().ports().stream().map(ServingManifests::port).toList())
        .endSpec()
        .build();
  }

  private static ServicePort port(ServingPort port) {
    return new ServicePortBuilder()
        .withName(port.name())
        .withPort(port.containerPort())
        .withProtocol("TCP")
        .withTargetPort(new IntOrString(port.name()))
        .withAppProtocol(
            switch (port.protocol()) {
              case HTTP -> "http";
              // HTTP/2 without TLS, as Kubernetes calls it
              case GRPC -> "kubernetes.io/h2c";
              case TCP -> null;
              case UNKNOWN -> throw new IllegalStateException("refused before");
            })
        .build();
  }

  /** The number of pods by load; empty when it is declared. */
  Optional<HorizontalPodAutoscaler> autoscaler() {
    return Optional.ofNullable(service.getSpec().autoscaling()).map(this::autoscaler);
  }

  private HorizontalPodAutoscaler autoscaler(Autoscaling declared) {
    return new HorizontalPodAutoscalerBuilder()
        .withMetadata(metadata())
        .withNewSpec()
        .withNewScaleTargetRef("apps/v1", "Deployment", name())
        .withMinReplicas(declared.minReplicas())
        .withMaxReplicas(declared.maxReplicas())
        .addNewMetric()
        .withType("Resource")
        .withNewResource()
        .withName("cpu")
        .withNewTarget()
        .withType("Utilization")
        .withAverageUtilization(
            Optional.ofNullable(declared.targetCPUUtilizationPercentage())
                .orElse(Defaults.TARGET_CPU))
        .endTarget()
        .endResource()
        .endMetric()
        .withNewBehavior()
        .withNewScaleDown()
        .withStabilizationWindowSeconds(
            (int)
                Durations.parse(
                        Optional.ofNullable(declared.scaleDownStabilization())
                            .orElse(Defaults.SCALE_DOWN_STABILIZATION))
                    .toSeconds())
        .endScaleDown()
        .endBehavior()
        .endSpec()
        .build();
  }

  /** Lets one pod go at a time, also the only one, and those that do not work always. */
  PodDisruptionBudget disruptionBudget() {
    return new PodDisruptionBudgetBuilder()
        .withMetadata(metadata())
        .withNewSpec()
        .withMaxUnavailable(new IntOrString(1))
        .withUnhealthyPodEvictionPolicy("AlwaysAllow")
        .withNewSelector()
        .withMatchLabels(selector)
        .endSelector()
        .endSpec()
        .build();
  }

  /** Where the service answers inside the cluster. */
  static String url(ModelService service) {
    var port = service.getSpec().ports().getFirst();
    var scheme =
        switch (port.protocol()) {
          case HTTP -> "http";
          case GRPC -> "grpc";
          case TCP, UNKNOWN -> "tcp";
        };
    return "%s://%s.%s:%s"
        .formatted(
            scheme,
            service.getMetadata().getName(),
            service.getMetadata().getNamespace(),
            port.containerPort());
  }

  private ObjectMeta metadata() {
    return Children.metadata(service, name(), pod.labels());
  }

  private String name() {
    return service.getMetadata().getName();
  }
}
