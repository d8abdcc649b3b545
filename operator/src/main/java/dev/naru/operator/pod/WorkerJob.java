package dev.naru.operator.pod;

import dev.naru.crds.v1alpha1.PodSettings;
import dev.naru.runfile.Mounts;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobSpec;
import io.fabric8.kubernetes.api.model.batch.v1.JobSpecBuilder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Builds the Job of a worker pod, within the restricted pod security standard. */
public final class WorkerJob {

  /** Name of the worker's container. */
  public static final String CONTAINER = "worker";

  /** The worker ends with this code when a person must act: a retry would not help. */
  public static final int ACTION_NEEDED = 10;

  private static final long NON_ROOT = 65_532L;
  private static final int READ_BY_GROUP = 0440;
  private static final String RUN_FILE_VOLUME = "run-file";
  private static final String TEMPORARY_VOLUME = "tmp";

  private WorkerJob() {}

  /**
   * The Job of one worker pod.
   *
   * @param command {@code run} or {@code probe}
   * @param configMap holds the file the worker reads
   * @param file mount path of that file; its last element is the key in the ConfigMap
   * @param pod complete settings: nothing is defaulted here
   * @param retries how often a pod is tried again
   * @param deadlineSeconds the Job is stopped after this time; empty means never
   */
  public static JobSpec spec(
      WorkerImage image,
      String command,
      String configMap,
      String file,
      SourceFiles source,
      PodSettings pod,
      int retries,
      Map<String, String> labels,
      Map<String, String> annotations,
      Optional<Long> deadlineSeconds) {
    return new JobSpecBuilder()
        .withBackoffLimit(retries)
        .withActiveDeadlineSeconds(deadlineSeconds.orElse(null))
        .withNewPodFailurePolicy()
        .addNewRule()
        .withAction("FailJob")
        .withNewOnExitCodes()
        .withContainerName(CONTAINER)
        .withOperator("In")
        .withValues(ACTION_NEEDED)
        .endOnExitCodes()
        .endRule()
        .addNewRule()
        .withAction("Ignore")
        .addNewOnPodCondition()
        .withType("DisruptionTarget")
        .withStatus("True")
        .endOnPodCondition()
        .endRule()
        .endPodFailurePolicy()
        .withPodReplacementPolicy("Failed")
        .withNewTemplate()
        .withNewMetadata()
        .withLabels(labels)
        .withAnnotations(annotations)
        .endMetadata()
        .withSpec(podSpec(image, command, configMap, file, source, pod))
        .endTemplate()
        .build();
  }

  private static PodSpec podSpec(
      WorkerImage image,
      String command,
      String configMap,
      String file,
      SourceFiles source,
      PodSettings pod) {
    var volumes = new ArrayList<>(source.volumes(READ_BY_GROUP));
    volumes.add(
        new VolumeBuilder()
            .withName(RUN_FILE_VOLUME)
            .withNewConfigMap()
            .withName(configMap)
            .endConfigMap()
            .build());
    volumes.add(
        new VolumeBuilder().withName(TEMPORARY_VOLUME).withNewEmptyDir().endEmptyDir().build());
    return new PodSpecBuilder()
        .withServiceAccountName(pod.serviceAccountName())
        .withAutomountServiceAccountToken(false)
        .withEnableServiceLinks(false)
        .withRestartPolicy("Never")
        .withNodeSelector(pod.nodeSelector().isEmpty() ? null : pod.nodeSelector())
        .withTolerations(Pods.tolerations(pod))
        .withNewSecurityContext()
        .withRunAsNonRoot(true)
        .withRunAsUser(NON_ROOT)
        .withRunAsGroup(NON_ROOT)
        .withFsGroup(NON_ROOT)
        .withNewSeccompProfile()
        .withType("RuntimeDefault")
        .endSeccompProfile()
        .endSecurityContext()
        .withContainers(container(image, command, file, source, pod))
        .withVolumes(volumes)
        .build();
  }

  private static Container container(
      WorkerImage image, String command, String file, SourceFiles source, PodSettings pod) {
    var mounts = new ArrayList<>(source.mounts());
    mounts.add(
        new VolumeMountBuilder()
            .withName(RUN_FILE_VOLUME)
            .withMountPath(Objects.requireNonNull(Path.of(file).getParent()).toString())
            .withReadOnly(true)
            .build());
    mounts.add(new VolumeMountBuilder().withName(TEMPORARY_VOLUME).withMountPath("/tmp").build());
    return new ContainerBuilder()
        .withName(CONTAINER)
        .withImage(image.name())
        .withImagePullPolicy(image.pullPolicy())
        .withArgs(command)
        .withEnv(environment(image))
        .withResources(Pods.resources(pod))
        .withTerminationMessagePolicy("File")
        .withSecurityContext(Pods.confined())
        .withVolumeMounts(mounts)
        .build();
  }

  private static List<EnvVar> environment(WorkerImage image) {
    return List.of(
        new EnvVar("NARU_LOG_FORMAT", image.logFormat(), null),
        new EnvVar("NARU_LOG_LEVEL", image.logLevel(), null),
        fromField(Mounts.ENV_JOB_NAME, "metadata.labels['batch.kubernetes.io/job-name']"),
        fromField(Mounts.ENV_JOB_UID, "metadata.labels['batch.kubernetes.io/controller-uid']"),
        fromField(Mounts.ENV_POD_NAME, "metadata.name"),
        fromField("NARU_NAMESPACE", "metadata.namespace"),
        fromField(Mounts.ENV_REQUEST, "metadata.annotations['naru.dev/run-request']"),
        fromField(Mounts.ENV_REQUEST_TOKEN, "metadata.annotations['naru.dev/request-token']"));
  }

  private static EnvVar fromField(String name, String path) {
    return new EnvVarBuilder()
        .withName(name)
        .withNewValueFrom()
        .withNewFieldRef()
        .withApiVersion("v1")
        .withFieldPath(path)
        .endFieldRef()
        .endValueFrom()
        .build();
  }
}
