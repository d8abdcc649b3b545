package dev.naru.operator.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.crds.v1alpha1.ModelService;
import dev.naru.operator.it.Tap.Death;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.OperatorException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * The operator dies at each of its writes for a ModelService, before it is sent and after it took
 * effect with the answer lost; its successor must bring everything to the same end.
 */
final class ModelCrashIT {

  /** Seven children, the Event and the status of a start; what follows depends on the pods. */
  private static final int WRITES = 9;

  private static final int AT_A_TIME = 6;
  private static final String NAME = "price";

  private final KubernetesClient admin = ControlPlane.get().admin;

  @Test
  void killedAtAnyWriteTheSuccessorComesToTheSameEnd() throws Exception {
    var undisturbed = live(Death.NEVER, 0);
    assertThat(undisturbed.end().replicas()).isEqualTo(2);
    try (var threads = Executors.newFixedThreadPool(AT_A_TIME)) {
      var lives = new ArrayList<Future<Life>>();
      for (var death : List.of(Death.BEFORE, Death.AFTER)) {
        for (var write = 1; write <= WRITES; write++) {
          var at = write;
          lives.add(threads.submit(() -> live(death, at)));
        }
      }
      for (var life : lives) {
        assertThat(life.get().died()).as(life.get().name()).isTrue();
        assertThat(life.get().end()).as(life.get().name()).isEqualTo(undisturbed.end());
      }
    }
  }

  private record Life(String name, boolean died, End end) {}

  /** Everything that must be the same whatever happened on the way. */
  private record End(
      String revision,
      String shown,
      int replicas,
      List<String> children,
      long told,
      long repaired) {}

  private Life live(Death death, int write) {
    var namespace = ControlPlane.get().namespace();
    var service = Samples.modelService();
    service.getMetadata().setNamespace(namespace);
    admin.resource(service).create();
    var tap = new Tap(death, write);
    try (var _ = new ServingNode(admin, namespace)) {
      try (var _ = TestOperator.models(namespace, tap, Clock.systemUTC())) {
        Await.until("end or death", () -> tap.dead() || ended(namespace));
      } catch (OperatorException e) {
        if (!tap.dead()) {
          throw e;
        }
      }
      try (var operator = TestOperator.models(namespace, Tap.recording(), Clock.systemUTC())) {
        Await.until("the end", () -> ended(namespace));
        Await.until("reconciled", () -> operator.reconciles("ModelService") > 0);
      }
    }
    var life = new Life(death + " write " + write, tap.dead(), end(namespace));
    admin.namespaces().withName(namespace).delete();
    return life;
  }

  private boolean ended(String namespace) {
    var status = service(namespace).getStatus();
    return status.conditions().stream().anyMatch(it -> it.reason().equals("Serving"))
        && "2/2".equals(status.replicas());
  }

  private End end(String namespace) {
    var deployment = admin.apps().deployments().inNamespace(namespace).withName(NAME).get();
    return new End(
        deployment.getSpec().getTemplate().getSpec().getContainers().getFirst().getImage(),
        service(namespace).getStatus().replicas(),
        deployment.getSpec().getReplicas(),
        List.of(
            "services " + admin.services().inNamespace(namespace).list().getItems().size(),
            "policies "
                + admin
                    .network()
                    .v1()
                    .networkPolicies()
                    .inNamespace(namespace)
                    .list()
                    .getItems()
                    .size(),
            "budgets "
                + admin
                    .policy()
                    .v1()
                    .podDisruptionBudget()
                    .inNamespace(namespace)
                    .list()
                    .getItems()
                    .size(),
            "autoscalers "
                + admin
                    .autoscaling()
                    .v2()
                    .horizontalPodAutoscalers()
                    .inNamespace(namespace)
                    .list()
                    .getItems()
                    .size(),
            "replicasets "
                + admin.apps().replicaSets().inNamespace(namespace).list().getItems().size()),
        told(namespace, "Serving"),
        told(namespace, "Repaired"));
  }

  private long told(String namespace, String reason) {
    return admin.v1().events().inNamespace(namespace).list().getItems().stream()
        .filter(it -> it.getInvolvedObject().getKind().equals("ModelService"))
        .filter(it -> it.getReason().equals(reason))
        .count();
  }

  private ModelService service(String namespace) {
    return admin.resources(ModelService.class).inNamespace(namespace).withName(NAME).get();
  }
}
