package dev.naru.operator.model;

import dev.naru.crds.v1alpha1.ModelFiles;
import dev.naru.operator.kube.Quantities;
import dev.naru.operator.pod.Pods;
import dev.naru.runfile.Mounts;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What brings a model into the pods: a container that ends before the image starts. Pure. */
record ModelManifests(ModelFiles model) {

  /** Name of the container that fetches. */
  static final String CONTAINER = "model";

  private static final String VOLUME = "model";
  private static final long NON_ROOT = 65_532L;

  /** It streams: its memory is that of a Java process, whatever the model's size. */
  private static final Map<String, Quantity> MEMORY = Map.of("memory", new Quantity("256Mi"));

  Container container() {
    return new ContainerBuilder()
        .withName(CONTAINER)
        .withArgs("fetch")
        .withEnv(environment())
        .withNewResources()
        .withRequests(
            Quantities.canonical(
                Map.of("cpu", new Quantity("100m"), "memory", MEMORY.get("memory"))))
        .withLimits(MEMORY)
        .endResources()
        .withTerminationMessagePolicy("FallbackToLogsOnError")
        .withSecurityContext(Pods.confined().edit().withRunAsUser(NON_ROOT).build())
        .withVolumeMounts(
            new VolumeMountBuilder().withName("tmp").withMountPath("/tmp").build(),
            new VolumeMountBuilder().withName(VOLUME).withMountPath(Mounts.MODEL).build())
        .build();
  }

  private List<EnvVar> environment() {
    var environment =
        new ArrayList<>(
            List.of(
                new EnvVar(Mounts.ENV_MODEL_URI, model.uri(), null),
                new EnvVar(Mounts.ENV_MODEL_CHECKSUM, model.checksum(), null)));
    if (model.localEndpoint() != null) {
      environment.add(new EnvVar(Mounts.ENV_STORAGE_ENDPOINT, model.localEndpoint(), null));
    }
    return environment;
  }

  Volume volume() {
    return new VolumeBuilder().withName(VOLUME).withNewEmptyDir().endEmptyDir().build();
  }

  /** For the container that answers. */
  VolumeMount mount() {
    return new VolumeMountBuilder()
        .withName(VOLUME)
        .withMountPath(Mounts.MODEL)
        .withReadOnly(true)
        .build();
  }
}
