package dev.naru.operator.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.crds.Lenient;
import dev.naru.crds.v1alpha1.Condition;
import dev.naru.crds.v1alpha1.ConditionStatus;
import dev.naru.crds.v1alpha1.ConditionTypes;
import dev.naru.crds.v1alpha1.ModelServiceSpec;
import dev.naru.operator.it.Samples;
import dev.naru.operator.status.Outcome;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a revision's pods make of the service. */
final class ServingVerdictTest {

  private static final String LATE =
      "{type: Progressing, status: \"False\", reason: ProgressDeadlineExceeded}";
  private static final String GOING =
      "{type: Progressing, status: \"True\", reason: ReplicaSetUpdated}";
  private static final String DONE =
      "{type: Progressing, status: \"True\", reason: NewReplicaSetAvailable}";

  private static final ServingTrouble PROBE =
      new ServingTrouble("ProbeFailing", "the container runs, but: 404", false);

  @Test
  void anImageThatNeverBecomesReadyIsWaitedForUntilItsTimeIsOver() {
    assertThat(outcome(rollout(GOING, 0, 1), Optional.empty()))
        .isEqualTo(new Outcome.Wait("RollingOut", "Revision new is starting", true));
    assertThat(outcome(rollout(GOING, 0, 1), Optional.of(PROBE)))
        .isEqualTo(
            new Outcome.Wait("ProbeFailing", "Revision new: the container runs, but: 404", true));
    assertThat(outcome(rollout(LATE, 0, 1), Optional.of(PROBE)))
        .as("why, where a pod says it")
        .isEqualTo(new Outcome.Fail("ProbeFailing", "Revision new: the container runs, but: 404"));
    assertThat(outcome(rollout(LATE, 0, 1), Optional.empty()))
        .isEqualTo(
            new Outcome.Fail(
                "ProgressDeadlineExceeded",
                "Revision new did not become ready in time: see kubectl describe of its pods"
                    + " (label naru.dev/revision)"));
  }

  @Test
  void whatTheControllerHasNotSeenYetIsNotLate() {
    var deployment = deployment(LATE, 0, 1);
    deployment.getMetadata().setGeneration(2L);
    assertThat(
            outcome(
                new ServingDeployment(Optional.of(deployment), revisions(0, 0), List.of()),
                Optional.empty()))
        .isInstanceOf(Outcome.Wait.class);
  }

  @Test
  void anOlderRevisionThatAnswersIsNamed() {
    var rollout =
        new ServingDeployment(Optional.of(deployment(LATE, 2, 2)), revisions(0, 2), List.of());
    assertThat(outcome(rollout, Optional.of(PROBE)))
        .isEqualTo(
            new Outcome.Fail(
                "ProbeFailing",
                "Revision new: the container runs, but: 404; revision old answers meanwhile"));
  }

  @Test
  void aRevisionThatWasCompleteOnceStaysServingWhileOnePodOfItAnswers() {
    assertThat(outcome(rollout(DONE, 1, 2), Optional.of(PROBE)))
        .isEqualTo(
            new Outcome.Done(
                "Serving",
                "Revision new answers; a pod of it does not: the container runs, but: 404"));
    assertThat(outcome(rollout(DONE, 0, 2), Optional.of(PROBE)))
        .as("none")
        .isInstanceOf(Outcome.Wait.class);
  }

  @Test
  void aMissingSecretIsWaitedForAWhileAndNotForEver() {
    var missing = new ServingTrouble("DependencyMissing", "secret \"keys\" not found", false);
    assertThat(outcome(rollout(GOING, 0, 1), Optional.of(missing)))
        .isEqualTo(
            new Outcome.Wait(
                "DependencyMissing", "Revision new: secret \"keys\" not found", false));
  }

  @Test
  void aCrashIsToldInTheFirstWordsWhileOnlyNumbersChange() {
    var first = "Revision new: exit code 1; its last lines: 12:00:01 KeyError: MART";
    var later = new Outcome.Fail("Crashing", first.replace("12:00:01", "12:05:22"));
    var other = new Outcome.Fail("Crashing", first.replace("MART", "REGION"));
    assertThat(ServingVerdict.steady(later, ready("Crashing", first)).message()).isEqualTo(first);
    assertThat(ServingVerdict.steady(other, ready("Crashing", first))).isEqualTo(other);
    assertThat(ServingVerdict.steady(later, ready("RollingOut", first))).isEqualTo(later);
    assertThat(ServingVerdict.steady(later, Optional.empty())).isEqualTo(later);
  }

  private static Optional<Condition> ready(String reason, String message) {
    return Optional.of(
        new Condition(
            ConditionTypes.READY, ConditionStatus.FALSE, reason, message, Instant.EPOCH, 1L));
  }

  private static Outcome outcome(ServingDeployment rollout, Optional<ServingTrouble> trouble) {
    ModelServiceSpec spec = Samples.modelService().getSpec();
    return ServingVerdict.outcome(
        rollout, "new", false, Inputs.of(spec, _ -> Optional.empty(), Instant.EPOCH), trouble);
  }

  private static ServingDeployment rollout(String progress, int available, int wanted) {
    return new ServingDeployment(
        Optional.of(deployment(progress, available, wanted)), revisions(available, 0), List.of());
  }

  private static Deployment deployment(String progress, int available, int wanted) {
    return Lenient.serialization()
        .unmarshal(
            """
            metadata: {name: price, generation: 1}
            spec: {replicas: %2$d}
            status:
              observedGeneration: 1
              replicas: %2$d
              updatedReplicas: %2$d
              availableReplicas: %1$d
              conditions: [%3$s]
            """
                .formatted(available, wanted, progress),
            Deployment.class);
  }

  /** Newest first. */
  private static List<ReplicaSet> revisions(int ofNew, int ofOld) {
    return List.of(replicaSet("new", ofNew), replicaSet("old", ofOld));
  }

  private static ReplicaSet replicaSet(String revision, int available) {
    return Lenient.serialization()
        .unmarshal(
            """
            metadata: {name: price-%1$s}
            spec:
              template:
                metadata: {labels: {naru.dev/revision: %1$s}}
                spec: {containers: [{name: server, image: "price:%1$s"}]}
            status: {replicas: %2$d, availableReplicas: %2$d}
            """
                .formatted(revision, available),
            ReplicaSet.class);
  }
}
