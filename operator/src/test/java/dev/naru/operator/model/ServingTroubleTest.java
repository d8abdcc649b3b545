package dev.naru.operator.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.operator.it.Samples;
import dev.naru.operator.pod.PodEvents;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ServingTroubleTest {

  private static final Clock NOW =
      Clock.fixed(Instant.parse("2026-01-01T00:01:00Z"), ZoneOffset.UTC);

  @Test
  void anImageThatCannotBePulledIsToldOnceWhateverTheKubeletDoes() {
    var error = pod("waiting: {reason: ErrImagePull, message: 'manifest unknown'}", 0, "");
    var waits =
        pod(
            "waiting: {reason: ImagePullBackOff, message: 'Back-off pulling image \"price:2\": ErrImagePull: manifest unknown'}",
            0,
            "");
    assertThat(trouble(error))
        .contains(
            new ServingTrouble(
                "ImagePullFailed",
                "spec.image: price:2 cannot be pulled: manifest unknown; correct it, or let the cluster's nodes read that registry",
                false));
    assertThat(trouble(waits).orElseThrow().message())
        .isEqualTo(trouble(error).orElseThrow().message());
    assertThat(trouble(waits).orElseThrow().lasting()).isTrue();
  }

  @Test
  void outOfMemoryNamesTheLimit() {
    var pod =
        pod(
            "waiting: {reason: CrashLoopBackOff, message: back-off 10s}",
            3,
            "terminated: {exitCode: 137, reason: OOMKilled}");
    assertThat(trouble(pod))
        .contains(
            new ServingTrouble(
                "OutOfMemory",
                "the container needs more than its 256Mi of memory: raise spec.pod.resources.limits.memory, or make the model smaller",
                true));
  }

  @Test
  void aCrashHasItsLastLines() {
    var pod =
        pod(
            "waiting: {reason: CrashLoopBackOff, message: back-off 10s}",
            1,
            "terminated: {exitCode: 1, reason: Error, message: 'KeyError: MART'}");
    assertThat(trouble(pod))
        .contains(
            new ServingTrouble(
                "Crashing",
                "the container ends with exit code 1; its last lines: KeyError: MART",
                false));
    var long_ =
        pod("terminated: {exitCode: 1, reason: Error, message: '" + "x".repeat(2000) + "'}", 5, "");
    assertThat(trouble(long_).orElseThrow().message()).hasSizeLessThan(1100).endsWith("x");
    assertThat(trouble(long_).orElseThrow().lasting()).isTrue();
  }

  @Test
  void aProbeThatFailsHasItsLastAnswerOnceTheStartTakesLong() {
    var quick = pod("running: {startedAt: '2026-01-01T00:00:50Z'}", 0, "");
    var slow = pod("running: {startedAt: '2026-01-01T00:00:00Z'}", 0, "");
    assertThat(trouble(quick)).isEmpty();
    assertThat(trouble(slow))
        .contains(
            new ServingTrouble(
                "ProbeFailing",
                "the container runs, but: Readiness probe failed: HTTP probe failed with statuscode: 404; see spec.probes, and the container's log",
                false));
    var killed =
        pod(
            "running: {startedAt: '2026-01-01T00:00:50Z'}",
            3,
            "terminated: {exitCode: 137, reason: Error}");
    assertThat(trouble(killed).orElseThrow().reason()).isEqualTo("ProbeFailing");
    assertThat(trouble(killed).orElseThrow().lasting()).isTrue();
  }

  @Test
  void aMissingSecretIsWaitedForAndRootIsRefused() {
    var secret =
        pod(
            "waiting: {reason: CreateContainerConfigError, message: 'secret \"keys\" not found'}",
            0,
            "");
    assertThat(trouble(secret))
        .contains(
            new ServingTrouble(
                "DependencyMissing",
                "the container cannot be made: secret \"keys\" not found; create it, the pods start by themselves then",
                false));
    var root =
        pod(
            "waiting: {reason: CreateContainerConfigError, message: 'container has runAsNonRoot and image will run as root (pod: \"price-1_rental(4711)\", container: server)'}",
            0,
            "");
    assertThat(trouble(root))
        .contains(
            new ServingTrouble(
                "ImageRunsAsRoot",
                "spec.image: container has runAsNonRoot and image will run as root; build it with a line such as USER 65532 (a number)",
                true));
  }

  @Test
  void whatTheSchedulerMissesIsTold() {
    var pod =
        Samples.read(
            Pod.class,
            """
            metadata: {name: a}
            status:
              phase: Pending
              conditions: [{type: PodScheduled, status: "False", reason: Unschedulable, message: "0/3 nodes are available: 3 Insufficient cpu."}]
            """);
    assertThat(trouble(pod))
        .contains(
            new ServingTrouble(
                "Unschedulable",
                "no node takes the pod: 0/3 nodes are available: 3 Insufficient cpu.; ask for less in spec.pod, or add nodes",
                false));
  }

  @Test
  void aRefusedPodIsToldWithoutTheNameItWouldHaveHad() {
    var quota =
        refused(
            "pods \"price-5d4f-x7k2p\" is forbidden: exceeded quota: small, requested: pods=1, used: pods=1, limited: pods=1");
    assertThat(quota)
        .contains(
            new ServingTrouble(
                "QuotaExceeded",
                "the namespace's quota allows no more pods: exceeded quota: small, requested: pods=1, used: pods=1, limited: pods=1; lower spec.pod.resources or the number of pods, or have the quota raised",
                true));
    assertThat(refused("pods \"price-5d4f-x7k2p\" is forbidden: no").orElseThrow())
        .isEqualTo(new ServingTrouble("PodRefused", "the pods are refused: no", true));
  }

  @ParameterizedTest
  @CsvSource({
    "20, ModelNotFound, true, 'spec.model: gs://a/b: there is no object of that name; correct spec.model.uri, or put it there'",
    "21, ModelAccessDenied, true, 'spec.model: gs://a/b: there is no object of that name; let the pods'' ServiceAccount read it (Workload Identity)'",
    "22, ModelChecksumMismatch, true, 'spec.model: gs://a/b: there is no object of that name; write the checksum of the version that is to be served'",
    "23, ModelTooLargeForDisk, true, 'spec.model: gs://a/b: there is no object of that name; use nodes with a larger disk, or a smaller model'",
    "1, ModelFetchFailed, false, 'the model cannot be fetched: gs://a/b: there is no object of that name'",
    "137, ModelFetchFailed, false, 'the model cannot be fetched: gs://a/b: there is no object of that name'"
  })
  void aModelThatIsNotFetchedIsToldByItsExitCode(
      int code, String reason, boolean lasting, String message) {
    var pod =
        Samples.read(
            Pod.class,
            """
            metadata: {name: a}
            status:
              phase: Pending
              initContainerStatuses:
              - {name: model, image: any, imageID: "", ready: false, restartCount: 1, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: %d, reason: Error, message: 'gs://a/b: there is no object of that name'}}}
              containerStatuses:
              - {name: server, image: any, imageID: "", ready: false, restartCount: 0, state: {waiting: {reason: PodInitializing}}}
            """
                .formatted(code));
    assertThat(trouble(pod)).contains(new ServingTrouble(reason, message, lasting));
  }

  @Test
  void whatLastsGoesFirst() {
    var starting = pod("waiting: {reason: ErrImagePull, message: slow}", 0, "");
    var crashing =
        pod("waiting: {reason: CrashLoopBackOff}", 9, "terminated: {exitCode: 1, reason: Error}");
    var deployed = new ServingDeployment(Optional.empty(), List.of(), List.of(starting, crashing));
    assertThat(ServingTrouble.of(deployed, PodEvents.NONE, NOW).orElseThrow().reason())
        .isEqualTo("Crashing");
  }

  private static Optional<ServingTrouble> refused(String message) {
    var replicaSet =
        Samples.read(
            ReplicaSet.class,
            """
            metadata: {name: a}
            status: {replicas: 0, conditions: [{type: ReplicaFailure, status: "True", reason: FailedCreate, message: '%s'}]}
            """
                .formatted(message));
    return ServingTrouble.of(
        new ServingDeployment(Optional.empty(), List.of(replicaSet), List.of()),
        PodEvents.NONE,
        NOW);
  }

  private static Optional<ServingTrouble> trouble(Pod pod) {
    return ServingTrouble.of(pod, new Answers(), NOW);
  }

  private static Pod pod(String state, int restarts, String lastState) {
    return Samples.read(
        Pod.class,
        """
        metadata: {name: a}
        spec:
          containers: [{name: server, image: "price:2", resources: {limits: {memory: 256Mi}}}]
        status:
          phase: Running
          containerStatuses:
          - {name: server, image: "price:2", imageID: "", ready: false, restartCount: %d, state: {%s}, lastState: {%s}}
        """
            .formatted(restarts, state, lastState));
  }

  /** A probe that was answered twice. */
  private static final class Answers implements PodEvents {

    @Override
    public List<Event> failedMounts(Pod pod) {
      return List.of();
    }

    @Override
    public List<Event> failedCreates(Job job) {
      return List.of();
    }

    @Override
    public List<Event> unhealthy(Pod pod) {
      return List.of(
          event("2026-01-01T00:00:20Z", "HTTP probe failed with statuscode: 404"),
          event("2026-01-01T00:00:10Z", "connection refused"));
    }

    private static Event event(String at, String answer) {
      return new EventBuilder()
          .withLastTimestamp(at)
          .withMessage("Readiness probe failed: " + answer)
          .build();
    }
  }
}
