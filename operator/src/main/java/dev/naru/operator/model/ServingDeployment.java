package dev.naru.operator.model;

import dev.naru.crds.v1alpha1.Labels;
import dev.naru.crds.v1alpha1.ModelService;
import dev.naru.crds.v1alpha1.ServingRevision;
import dev.naru.operator.kube.Children;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * A Deployment with its revisions and their pods, and how far the newest one is. All of it is read
 * from what the cluster has, nothing is remembered: a status that was lost comes back. Pure.
 *
 * @param revisions ReplicaSets of the Deployment, newest first
 * @param pods of the newest one, without those that go
 */
record ServingDeployment(
    Optional<Deployment> deployment, List<ReplicaSet> revisions, List<Pod> pods) {

  /** The Deployment controller numbers what it rolls out. */
  private static final String NUMBER = "deployment.kubernetes.io/revision";

  private static final String HASH = "pod-template-hash";

  ServingDeployment {
    revisions = List.copyOf(revisions);
    pods = List.copyOf(pods);
  }

  static ServingDeployment of(
      ModelService service,
      Optional<Deployment> deployment,
      Collection<ReplicaSet> replicaSets,
      Collection<Pod> pods) {
    var own = deployment.filter(it -> Children.controlledBy(it, service));
    var revisions =
        replicaSets.stream()
            .filter(it -> own.isPresent() && Children.controlledBy(it, own.get()))
            .sorted(Comparator.comparingLong(ServingDeployment::number).reversed())
            .toList();
    return new ServingDeployment(
        own,
        revisions,
        pods.stream()
            .filter(it -> !revisions.isEmpty() && hash(it).equals(hash(revisions.getFirst())))
            .filter(it -> Children.controlledBy(it, revisions.getFirst()))
            .filter(it -> !it.isMarkedForDeletion() && !ended(it))
            .sorted(Comparator.comparing(it -> it.getMetadata().getName()))
            .toList());
  }

  /** Whether the newest revision is the only one, and was complete once. */
  boolean done() {
    return seen()
        && condition("Progressing")
            .filter(it -> it.getReason().equals("NewReplicaSetAvailable"))
            .isPresent()
        && updated() == existing();
  }

  /** Whether the Deployment controller has given up waiting for the newest revision. */
  boolean late() {
    return seen()
        && condition("Progressing")
            .filter(it -> "ProgressDeadlineExceeded".equals(it.getReason()))
            .isPresent();
  }

  /** Whether any pod answers, of whatever revision. */
  boolean answers() {
    return available() > 0;
  }

  /** Whether a pod is missing or does not answer. */
  boolean incomplete() {
    return available() < wanted();
  }

  int available() {
    return status(it -> it.getAvailableReplicas());
  }

  /** Pods there should be. */
  int wanted() {
    return deployment.map(it -> it.getSpec().getReplicas()).filter(Objects::nonNull).orElse(0);
  }

  /** The revision that answers; while one is replaced by another, the older one. */
  Optional<ServingRevision> answering() {
    var answering =
        revisions.stream()
            .filter(
                it ->
                    it.getStatus() != null
                        && it.getStatus().getAvailableReplicas() != null
                        && it.getStatus().getAvailableReplicas() > 0)
            .toList();
    return answering.isEmpty() ? Optional.empty() : Optional.of(revision(answering.getLast()));
  }

  /** What was rolled out last. */
  Optional<String> newest() {
    return revisions.stream().findFirst().map(it -> revision(it).revision());
  }

  Optional<ReplicaSet> newestReplicaSet() {
    return revisions.stream().findFirst();
  }

  private boolean seen() {
    return deployment
        .filter(
            it ->
                it.getStatus() != null
                    && it.getStatus().getObservedGeneration() != null
                    && it.getStatus().getObservedGeneration() >= it.getMetadata().getGeneration())
        .isPresent();
  }

  private int updated() {
    return status(it -> it.getUpdatedReplicas());
  }

  private int existing() {
    return status(it -> it.getReplicas());
  }

  private int status(Function<DeploymentStatus, Integer> count) {
    return deployment.map(Deployment::getStatus).map(count).orElse(0);
  }

  private Optional<DeploymentCondition> condition(String type) {
    return deployment.map(Deployment::getStatus).stream()
        .flatMap(it -> it.getConditions().stream())
        .filter(it -> it.getType().equals(type))
        .findFirst();
  }

  private static ServingRevision revision(ReplicaSet replicaSet) {
    var template = replicaSet.getSpec().getTemplate();
    return new ServingRevision(
        template.getMetadata().getLabels().get(Labels.REVISION),
        template.getSpec().getContainers().stream()
            .filter(it -> it.getName().equals(PodManifests.CONTAINER))
            .map(it -> it.getImage())
            .findFirst()
            .orElse(null));
  }

  private static long number(ReplicaSet replicaSet) {
    var annotations = replicaSet.getMetadata().getAnnotations();
    var number = annotations == null ? null : annotations.get(NUMBER);
    return number == null ? 0 : Long.parseLong(number);
  }

  private static String hash(HasMetadata object) {
    return Optional.ofNullable(object.getMetadata().getLabels().get(HASH)).orElse("");
  }

  private static boolean ended(Pod pod) {
    return pod.getStatus() != null
        && List.of("Failed", "Succeeded")
            .contains(Objects.toString(pod.getStatus().getPhase(), ""));
  }
}
