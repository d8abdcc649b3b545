package dev.naru.operator.it;

import dev.naru.crds.Lenient;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Plays the node for the pods of services: what becomes of a pod is the tag of its image. */
final class ServingNode implements AutoCloseable {

  private static final String READY =
      """
      ---
      phase: Running
      conditions: [{type: Ready, status: "True", lastTransitionTime: "2026-01-01T00:00:00Z"}]
      containerStatuses:
      - {name: server, image: any, imageID: "", ready: true, started: true, restartCount: 0, state: {running: {startedAt: "2026-01-01T00:00:00Z"}}}
      """;

  private static final String UNREADY =
      """
      ---
      phase: %s
      conditions: [{type: Ready, status: "False", lastTransitionTime: "2026-01-01T00:00:00Z"}]
      containerStatuses:
      - {name: server, image: "registry.example.com/models/price:x", imageID: "", ready: false, restartCount: %d, state: {%s}, lastState: {%s}}
      """;

  private static final String BACK_OFF =
      "waiting: {reason: CrashLoopBackOff, message: back-off 10s}";

  private static final String WITHOUT_MODEL =
      """
      ---
      phase: Pending
      initContainerStatuses:
      - {name: model, image: any, imageID: "", ready: false, restartCount: 1, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: %d, reason: Error, message: "gs://models/7: %s"}}}
      conditions: [{type: Ready, status: "False", lastTransitionTime: "2026-01-01T00:00:00Z"}]
      """;

  private static final Map<String, String> STATES =
      Map.of(
          "pull",
          UNREADY.formatted(
              "Pending",
              0,
              "waiting: {reason: ImagePullBackOff, message: 'Back-off pulling image \"x\": ErrImagePull: manifest unknown'}",
              ""),
          "crash",
          UNREADY.formatted(
              "Running",
              3,
              BACK_OFF,
              "terminated: {exitCode: 1, reason: Error, message: 'KeyError: MART'}"),
          "oom",
          UNREADY.formatted(
              "Running", 3, BACK_OFF, "terminated: {exitCode: 137, reason: OOMKilled}"),
          "root",
          UNREADY.formatted(
              "Pending",
              0,
              "waiting: {reason: CreateContainerConfigError, message: 'container has runAsNonRoot and image will run as root (pod: \"a\")'}",
              ""),
          "secret",
          UNREADY.formatted(
              "Pending",
              0,
              "waiting: {reason: CreateContainerConfigError, message: 'secret \"keys\" not found'}",
              ""),
          "silent",
          UNREADY.formatted("Running", 0, "running: {startedAt: \"2026-01-01T00:00:00Z\"}", ""),
          "nomodel",
          WITHOUT_MODEL.formatted(20, "there is no object of that name"),
          "denied",
          WITHOUT_MODEL.formatted(21, "403 Forbidden"),
          "checksum",
          WITHOUT_MODEL.formatted(22, "its sha256 is 0a1b2c3d"),
          "huge",
          """
          ---
          phase: Pending
          conditions: [{type: PodScheduled, status: "False", reason: Unschedulable, message: "0/1 nodes are available: 1 Insufficient memory."}]
          """);

  private final KubernetesClient client;
  private final String namespace;
  private final Map<String, String> instead = new ConcurrentHashMap<>();
  private final Rounds rounds;

  ServingNode(KubernetesClient client, String namespace) {
    this.client = client;
    this.namespace = namespace;
    this.rounds = new Rounds(Rounds.OFTEN, this::round);
  }

  /** From now on pods of one tag become what those of another do. */
  void play(String tag, String other) {
    instead.put(tag, other);
  }

  private void round() {
    client.pods().inNamespace(namespace).list().getItems().stream()
        .filter(it -> it.getMetadata().getDeletionTimestamp() == null)
        .filter(it -> it.getStatus().getConditions().isEmpty())
        .forEach(this::start);
  }

  private void start(Pod pod) {
    var image = pod.getSpec().getContainers().getFirst().getImage();
    var own = image.substring(image.lastIndexOf(':') + 1);
    var tag = instead.getOrDefault(own, own);
    if (tag.equals("silent")) {
      answered(pod);
    }
    pod.setStatus(
        Lenient.serialization().unmarshal(STATES.getOrDefault(tag, READY), PodStatus.class));
    client.resource(pod).patchStatus();
  }

  /** Tells what the kubelet tells of a probe that fails; before the status, which wakes. */
  private void answered(Pod pod) {
    client
        .resource(
            new EventBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(pod.getMetadata().getName() + ".probe")
                .endMetadata()
                .withNewInvolvedObject()
                .withKind("Pod")
                .withNamespace(namespace)
                .withName(pod.getMetadata().getName())
                .withUid(pod.getMetadata().getUid())
                .endInvolvedObject()
                .withType("Warning")
                .withReason("Unhealthy")
                .withMessage("Readiness probe failed: HTTP probe failed with statuscode: 404")
                .withLastTimestamp("2026-01-01T00:00:00Z")
                .build())
        .serverSideApply();
  }

  @Override
  public void close() {
    rounds.close();
  }
}
