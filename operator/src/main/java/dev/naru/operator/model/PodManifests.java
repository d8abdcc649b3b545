package dev.naru.operator.model;

import dev.naru.crds.v1alpha1.Defaults;
import dev.naru.crds.v1alpha1.Drain;
import dev.naru.crds.v1alpha1.Durations;
import dev.naru.crds.v1alpha1.Labels;
import dev.naru.crds.v1alpha1.ModelService;
import dev.naru.crds.v1alpha1.ModelServiceSpec;
import dev.naru.crds.v1alpha1.PodSettings;
import dev.naru.operator.kube.Canonical;
import dev.naru.operator.kube.Children;
import dev.naru.operator.pod.Pods;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.ContainerPortBuilder;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvFromSourceBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.Lifecycle;
import io.fabric8.kubernetes.api.model.LifecycleBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The pods of a ModelService, within the restricted pod security standard. Pure. */
final class PodManifests {

  /** Name of the container that answers. */
  static final String CONTAINER = "server";

  /** The kubelet kills after this time whatever has not ended. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(5);

  private static final String TEMPORARY_VOLUME = "tmp";

  private final ModelService service;
  private final ModelServiceSpec spec;
  private final PodSettings pod;
  private final Optional<ModelManifests> model;

  PodManifests(ModelService service, PodSettings pod) {
    this.service = service;
    this.spec = service.getSpec();
    this.pod = pod;
    this.model = Optional.ofNullable(spec.model()).map(ModelManifests::new);
  }

  /** Labels by which all pods are found, those of a canary too. */
  static Map<String, String> all(ModelService service) {
    // sorted: an unordered map would make equal manifests unequal texts
    return new TreeMap<>(
        Map.of(Labels.KIND, service.getKind(), Labels.NAME, service.getMetadata().getName()));
  }

  /** Labels by which the pods of the one Deployment are found, whatever their revision. */
  static Map<String, String> selector(ModelService service) {
    var selector = all(service);
    selector.put(Labels.TRACK, "stable");
    return selector;
  }

  /**
   * The pods, labelled with a name of what they are: equal pods have equal names. The image of what
   * fetches the model is not told here, and counts for nothing: another release of Naru starts no
   * pod anew.
   */
  PodTemplateSpec template() {
    var labels = Children.labels(service, pod.labels());
    labels.putAll(selector(service));
    var template =
        new PodTemplateSpecBuilder()
            .withNewMetadata()
            .withLabels(labels)
            .withAnnotations(Pods.QUIET)
            .endMetadata()
            .withSpec(podSpec())
            .build();
    template
        .getMetadata()
        .getLabels()
        .put(Labels.REVISION, Canonical.hash(template).substring(0, 8));
    return template;
  }

  private PodSpec podSpec() {
    return new PodSpecBuilder()
        .withServiceAccountName(pod.serviceAccountName())
        .withAutomountServiceAccountToken(false)
        .withEnableServiceLinks(false)
        .withTerminationGracePeriodSeconds(delay().plus(timeout()).plus(LAST_WORDS).toSeconds())
        .withNodeSelector(pod.nodeSelector().isEmpty() ? null : pod.nodeSelector())
        .withTolerations(Pods.tolerations(pod))
        .withNewSecurityContext()
        .withRunAsNonRoot(true)
        .withNewSeccompProfile()
        .withType("RuntimeDefault")
        .endSeccompProfile()
        .endSecurityContext()
        .withInitContainers(model.map(ModelManifests::container).stream().toList())
        .withContainers(container())
        .withVolumes(volumes())
        .build();
  }

  private List<Volume> volumes() {
    return Stream.concat(
            Stream.of(
                new VolumeBuilder()
                    .withName(TEMPORARY_VOLUME)
                    .withNewEmptyDir()
                    .endEmptyDir()
                    .build()),
            model.map(ModelManifests::volume).stream())
        .toList();
  }

  private List<VolumeMount> mounts() {
    return Stream.concat(
            Stream.of(
                new VolumeMountBuilder().withName(TEMPORARY_VOLUME).withMountPath("/tmp").build()),
            model.map(ModelManifests::mount).stream())
        .toList();
  }

  private Container container() {
    var readiness = ServingProbe.readiness(spec);
    return new ContainerBuilder()
        .withName(CONTAINER)
        .withImage(spec.image())
        .withCommand(spec.command())
        .withArgs(spec.args())
        .withEnv(spec.env().stream().map(PodManifests::variable).toList())
        .withEnvFrom(spec.envFrom().stream().map(PodManifests::variables).toList())
        .withPorts(ports())
        .withResources(Pods.resources(pod))
        .withStartupProbe(readiness.duringStart(ServingProbe.startup(spec)))
        .withReadinessProbe(readiness.always())
        .withLivenessProbe(ServingProbe.liveness(spec).always())
        .withLifecycle(lifecycle().orElse(null))
        // the last lines of a crash stand in the pod's status then
        .withTerminationMessagePolicy("FallbackToLogsOnError")
        .withSecurityContext(Pods.confined())
        .withVolumeMounts(mounts())
        .build();
  }

  private List<ContainerPort> ports() {
    return spec.ports().stream()
        .map(
            it ->
                new ContainerPortBuilder()
                    .withName(it.name())
                    .withContainerPort(it.containerPort())
                    .build())
        .toList();
  }

  /** Requests go on coming until everybody who sends some knows that the pod goes. */
  private Optional<Lifecycle> lifecycle() {
    return Optional.of(delay())
        .filter(Duration::isPositive)
        .map(
            it ->
                new LifecycleBuilder()
                    .withNewPreStop()
                    .withNewSleep(it.toSeconds())
                    .endPreStop()
                    .build());
  }

  private Duration delay() {
    return Durations.parse(
        Optional.ofNullable(spec.drain()).map(Drain::delay).orElse(Defaults.DRAIN_DELAY));
  }

  private Duration timeout() {
    return Durations.parse(
        Optional.ofNullable(spec.drain()).map(Drain::timeout).orElse(Defaults.DRAIN_TIMEOUT));
  }

  private static EnvVar variable(dev.naru.crds.v1alpha1.EnvVariable declared) {
    var variable = new EnvVarBuilder().withName(declared.name());
    var from = declared.valueFrom();
    if (from != null && from.secretKeyRef() != null) {
      return variable
          .withNewValueFrom()
          .withNewSecretKeyRef(from.secretKeyRef().key(), from.secretKeyRef().name(), null)
          .endValueFrom()
          .build();
    }
    if (from != null && from.configMapKeyRef() != null) {
      return variable
          .withNewValueFrom()
          .withNewConfigMapKeyRef(from.configMapKeyRef().key(), from.configMapKeyRef().name(), null)
          .endValueFrom()
          .build();
    }
    // the API server leaves out an empty value
    return variable
        .withValue(declared.value() == null || declared.value().isEmpty() ? null : declared.value())
        .build();
  }

  private static EnvFromSource variables(dev.naru.crds.v1alpha1.EnvFrom declared) {
    var variables = new EnvFromSourceBuilder().withPrefix(declared.prefix());
    return declared.secretRef() == null
        ? variables.withNewConfigMapRef(declared.configMapRef().name(), null).build()
        : variables.withNewSecretRef(declared.secretRef().name(), null).build();
  }
}
