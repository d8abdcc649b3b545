package dev.naru.operator.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.crds.v1alpha1.Warehouse;
import dev.naru.operator.it.ControlPlane.Account;
import dev.naru.operator.it.Replica.Place;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two replicas with the shipped rights: one reconciles, and hands over when it stops. */
@ExtendWith(LogOracle.class)
final class LeadershipIT {

  private final KubernetesClient admin = ControlPlane.get().admin;
  private final String home = ControlPlane.get().home(Account.LISTED);
  private final String namespace = ControlPlane.get().namespace();

  @Test
  void oneReplicaReconcilesAndTheOtherTakesOverWhenItStops() {
    var first = new Replica("one", home, namespace, Place.usual());
    Await.until("one leads", () -> "one".equals(holder()));
    try (var second = new Replica("two", home, namespace, Place.usual())) {
      apply("a");
      Await.until("one reconciles", () -> reachable("a"));
      for (var replica : List.of(first, second)) {
        assertThat(replica.get("/healthz")).isEqualTo("200 ok\n");
        assertThat(replica.get("/readyz")).isEqualTo("200 ok\n");
        assertThat(replica.get("/metrics")).contains("jvm").doesNotContain(namespace);
      }
      assertThat(List.of(first.get("/metrics"), second.get("/metrics")))
          .as("the leader alone tells how resources stand")
          .filteredOn(it -> it.contains("naru_resources{"))
          .singleElement()
          .asString()
          .contains("naru_leader 1.0");
      assertThat(List.of(first.leads(), second.leads())).containsExactly(true, false);
      first.close();
      apply("b");
      Await.until("two reconciles", () -> reachable("b"));
      assertThat(holder()).isEqualTo("two");
    }
    assertThat(holder()).as("given back").isEmpty();
    assertThat(first.ended).as("a deliberate stop is no lost lease").isFalse();
  }

  @Test
  void aLeaderWhoseLeaseIsStolenEndsAndWritesNothingMore() {
    try (var replica = new Replica("robbed", home, namespace, Place.usual())) {
      Await.until("it leads", replica::leads);
      apply("before");
      Await.until("it reconciles", () -> reachable("before"));
      lease().edit(it -> it.edit().editSpec().withHolderIdentity("thief").endSpec().build());
      Await.until("it ends", replica.ended::get);
      apply("after");
      assertThat(replica.leads()).isFalse();
    }
    assertThat(holder()).as("not its own to give back").isEqualTo("thief");
    assertThat(warehouse("after").getStatus().observedGeneration())
        .as("never reconciled")
        .isEqualTo(-1);
  }

  private String holder() {
    return lease().get().getSpec().getHolderIdentity();
  }

  private Resource<Lease> lease() {
    return admin.leases().inNamespace(home).withName("naru-operator");
  }

  private boolean reachable(String name) {
    return warehouse(name).getStatus().conditions().stream()
        .anyMatch(it -> it.type().equals("Ready") && it.reason().equals("Reachable"));
  }

  private Warehouse warehouse(String name) {
    return admin.resources(Warehouse.class).inNamespace(namespace).withName(name).get();
  }

  private void apply(String name) {
    var warehouse = Samples.warehouse();
    warehouse.getMetadata().setName(name);
    warehouse.getMetadata().setNamespace(namespace);
    admin.resource(warehouse).create();
  }
}
