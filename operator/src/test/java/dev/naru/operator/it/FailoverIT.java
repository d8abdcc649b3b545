package dev.naru.operator.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.crds.v1alpha1.Annotations;
import dev.naru.crds.v1alpha1.IngestionJob;
import dev.naru.crds.v1alpha1.Warehouse;
import dev.naru.operator.it.ControlPlane.Account;
import dev.naru.operator.it.Replica.Place;
import dev.naru.runfile.RunId;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the process does when the network, its threads or its end come in the way. */
@ExtendWith(LogOracle.class)
final class FailoverIT {

  private static final int JOBS = 30;

  private final KubernetesClient admin = ControlPlane.get().admin;
  private final String home = ControlPlane.get().home(Account.LISTED);
  private final String namespace = ControlPlane.get().namespace();

  @Test
  void anApiServerThatIsAwayIsWaitedForWithoutEndingOrBeingKilled() {
    try (var cable = cable();
        var replica = new Replica("patient", home, namespace, Place.usual().behind(cable))) {
      Await.until("it leads", replica::leads);
      cable.cut();
      Await.until("it holds still", () -> !replica.leads());
      assertThat(replica.alive()).as("a restart would not help").isTrue();
      apply("meanwhile");
      cable.mend();
      Await.until("it leads again", replica::leads);
      Await.until("what was missed is done", () -> reachable("meanwhile"));
      assertThat(replica.ended).as("nobody else led").isFalse();
    }
  }

  @Test
  void aWatchOnADeadConnectionIsNoticedAndReplaced() {
    var place = Place.usual().listeningFor(Duration.ofSeconds(4));
    try (var cable = cable();
        var replica = new Replica("deaf", home, namespace, place.behind(cable))) {
      Await.until("it leads", replica::leads);
      apply("before");
      Await.until("it hears", () -> reachable("before"));
      cable.forget();
      var begin = Instant.now();
      apply("after");
      Await.until("it hears again", () -> reachable("after"));
      assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(30));
      assertThat(replica.alive()).isTrue();
    }
  }

  @Test
  void aStopUnderLoadHandsOverAtOnceAndNothingIsLostOrDoubled() {
    create(Samples.warehouse());
    create(Samples.connection());
    var one = new Replica("one", home, namespace, Place.usual());
    Await.until("one leads", one::leads);
    try (var two = new Replica("two", home, namespace, Place.usual())) {
      IntStream.range(0, JOBS).forEach(this::request);
      Await.until("one is at work", () -> jobs().size() > JOBS / 10);
      var begin = Instant.now();
      one.close();
      assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(20));
      assertThat(one.ended).isFalse();
      Await.until("two leads", two::leads);
      Await.until("every request is answered", () -> answered() == JOBS);
      assertThat(jobs())
          .containsExactlyInAnyOrderElementsOf(
              IntStream.range(0, JOBS)
                  .mapToObj(it -> "load-" + it + "-m-" + RunId.hash8("token-" + it))
                  .toList());
    }
  }

  @Test
  void livenessFailsWhenNoThreadReconcilesAnyMore() {
    var clock = new ShiftedClock();
    var stuck = new Stuck();
    var place = Place.usual().at(clock).over(stuck);
    try (var replica = new Replica("stuck", home, namespace, place)) {
      Await.until("it leads", replica::leads);
      apply("first");
      Await.until("it reconciles", () -> reachable("first"));
      assertThat(replica.alive()).isTrue();
      stuck.hold();
      IntStream.range(0, 20).forEach(it -> apply("more-" + it));
      Await.until("all threads are held", () -> stuck.held() == 10);
      assertThat(replica.alive()).as("it is asked to answer").isTrue();
      clock.advance(Duration.ofMinutes(4));
      assertThat(replica.get("/healthz")).startsWith("503").contains("warehouse");
      stuck.release();
      Await.until("it answers again", replica::alive);
    }
  }

  private static Cable cable() {
    return new Cable(ControlPlane.get().operatorConfig().getMasterUrl());
  }

  private boolean reachable(String name) {
    return admin
        .resources(Warehouse.class)
        .inNamespace(namespace)
        .withName(name)
        .get()
        .getStatus()
        .conditions()
        .stream()
        .anyMatch(it -> it.type().equals("Ready") && it.reason().equals("Reachable"));
  }

  private void apply(String name) {
    var warehouse = Samples.warehouse();
    warehouse.getMetadata().setName(name);
    create(warehouse);
  }

  private void request(int number) {
    var job = Samples.ingestionJob();
    job.getMetadata().setName("load-" + number);
    job.getMetadata().getAnnotations().put(Annotations.RUN_REQUESTED_AT, "token-" + number);
    create(job);
  }

  private long answered() {
    return admin.resources(IngestionJob.class).inNamespace(namespace).list().getItems().stream()
        .filter(it -> it.getStatus().lastHandledRunRequest() != null)
        .count();
  }

  private List<String> jobs() {
    return admin.resources(Job.class).inNamespace(namespace).list().getItems().stream()
        .map(it -> it.getMetadata().getName())
        .toList();
  }

  private void create(HasMetadata resource) {
    resource.getMetadata().setNamespace(namespace);
    admin.resource(resource).create();
  }
}
