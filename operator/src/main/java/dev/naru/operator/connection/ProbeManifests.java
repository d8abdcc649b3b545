package dev.naru.operator.connection;

import dev.naru.crds.v1alpha1.Annotations;
import dev.naru.crds.v1alpha1.Connection;
import dev.naru.crds.v1alpha1.DatabaseServer;
import dev.naru.crds.v1alpha1.Defaults;
import dev.naru.crds.v1alpha1.PodSettings;
import dev.naru.operator.kube.Children;
import dev.naru.operator.kube.Requests;
import dev.naru.operator.pod.Pods;
import dev.naru.operator.pod.SourceFiles;
import dev.naru.operator.pod.WorkerImage;
import dev.naru.operator.pod.WorkerJob;
import dev.naru.runfile.Database;
import dev.naru.runfile.Documents;
import dev.naru.runfile.Hashes;
import dev.naru.runfile.Mounts;
import dev.naru.runfile.ProbeFile;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.util.Map;
import java.util.Optional;

/** The objects of one probe. Pure; golden YAML holds every field. */
final class ProbeManifests {

  /** Key of the probe file in its ConfigMap: the file's name in the pod. */
  static final String PROBE_FILE_KEY = "probe.json";

  private final Connection connection;
  private final String document;
  private final SourceFiles files;
  private final WorkerImage image;
  private final PodSettings pod;

  /**
   * The objects of a probe.
   *
   * @param pod complete settings, out of the default templates
   */
  ProbeManifests(
      Connection connection,
      Database source,
      DatabaseServer server,
      WorkerImage image,
      PodSettings pod) {
    this.pod = pod;
    this.connection = connection;
    this.document = Documents.write(new ProbeFile(ProbeFile.API_VERSION, source));
    this.files = SourceFiles.of(server);
    this.image = image;
  }

  /**
   * The same for the same spec and request, another for every change and every new request. A probe
   * whose pod is refused gets another pod when a template changes, hence the pod is part of it.
   */
  String name() {
    var hash =
        Hashes.sha256Hex(
                connection.getMetadata().getUid(),
                Long.toString(connection.getMetadata().getGeneration()),
                Requests.token(connection, Annotations.RUN_REQUESTED_AT).orElse(""),
                Documents.write(pod))
            .substring(0, 8);
    return Children.name(connection.getMetadata().getName(), "probe-" + hash);
  }

  ConfigMap probeFile() {
    return new ConfigMapBuilder()
        .withMetadata(Children.metadata(connection, name()))
        .withImmutable(true)
        .withData(Map.of(PROBE_FILE_KEY, document))
        .build();
  }

  /** No deadline: a Secret may appear later, and the kubelet waits for it. */
  Job probe() {
    return new JobBuilder()
        .withMetadata(
            Children.metadata(connection, name(), pod.labels())
                .edit()
                .withAnnotations(Pods.QUIET)
                .build())
        .withSpec(
            WorkerJob.spec(
                image,
                "probe",
                name(),
                Mounts.PROBE_FILE,
                files,
                pod,
                Defaults.RETRIES,
                Children.labels(connection, pod.labels()),
                Pods.QUIET,
                Optional.empty()))
        .build();
  }
}
