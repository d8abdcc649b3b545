package dev.naru.operator.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.crds.v1alpha1.Annotations;
import dev.naru.crds.v1alpha1.IngestionJob;
import dev.naru.crds.v1alpha1.RunOutcome;
import dev.naru.crds.v1alpha1.WorkloadTemplate;
import dev.naru.operator.ingestion.RunLedger;
import dev.naru.operator.it.Tap.Death;
import dev.naru.operator.it.TestOperator.Part;
import dev.naru.operator.warehouse.WarehouseCheck;
import dev.naru.runfile.RunId;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.OperatorException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The operator dies at each of its writes, before it is sent and after it took effect with the
 * answer lost; its successor must bring everything to the same end, and nothing twice.
 */
final class CrashIT {

  /** From the first apply over a requested run to its result. */
  private static final int WRITES = 11;

  private static final int AT_A_TIME = 6;
  private static final String NAME = "reservations";
  private static final String JOB = NAME + "-m-" + RunId.hash8("one");

  private final KubernetesClient admin = ControlPlane.get().admin;

  @Test
  void killedAtAnyWriteTheSuccessorComesToTheSameEndAndNothingIsDoubled() throws Exception {
    var undisturbed = live(Death.NEVER, 0);
    assertThat(undisturbed.writes()).as("writes of a life without a crash").hasSize(WRITES);
    try (var threads = Executors.newFixedThreadPool(AT_A_TIME)) {
      var lives = new ArrayList<java.util.concurrent.Future<Life>>();
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

  /** What one life came to. */
  private record Life(String name, boolean died, List<String> writes, End end) {}

  /** Everything that must be the same whatever happened on the way. */
  private record End(
      List<String> jobs,
      List<String> cronJobs,
      int runFiles,
      RunOutcome lastRun,
      int history,
      String handled,
      String retries,
      int usersOfTheTemplate,
      Map<String, Long> events) {}

  private Life live(Death death, int write) {
    var namespace = ControlPlane.get().namespace();
    create(namespace, Samples.warehouse());
    create(namespace, Samples.connection());
    create(namespace, Samples.standard());
    var job = Samples.ingestionJob();
    job.getMetadata().getAnnotations().put(Annotations.RUN_REQUESTED_AT, "one");
    create(namespace, job);
    var node =
        Thread.ofVirtual()
            .start(() -> new Kubelet(admin, namespace).ends(JOB, 0, Samples.published(3)));
    var tap = new Tap(death, write);
    try (var _ = operator(namespace, tap)) {
      Await.until("end or death", () -> tap.dead() || ended(namespace));
    } catch (OperatorException e) {
      // one controller may write, and die, before the other has filled its caches
      if (!tap.dead()) {
        throw e;
      }
    }
    var successor = Tap.recording();
    try (var operator = operator(namespace, successor)) {
      Await.until("the end", () -> ended(namespace));
      Await.until("reconciled", () -> operator.reconciles("IngestionJob") > 0);
    }
    try {
      node.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    var life = new Life(death + " write " + write, tap.dead(), tap.writes(), end(namespace));
    admin.namespaces().withName(namespace).delete();
    return life;
  }

  private static TestOperator operator(String namespace, Tap tap) {
    return new TestOperator(
        namespace,
        tap,
        Clock.systemUTC(),
        _ -> new WarehouseCheck.Answer.Usable(),
        (_, _) -> new RunLedger.Entry.Unknown("nobody should ask"),
        Set.of(Part.INGESTION, Part.TEMPLATE));
  }

  private WorkloadTemplate template(String namespace) {
    return admin
        .resources(WorkloadTemplate.class)
        .inNamespace(namespace)
        .withName("standard")
        .get();
  }

  private boolean ended(String namespace) {
    var job = admin.resources(IngestionJob.class).inNamespace(namespace).withName(NAME).get();
    var cronJob = admin.batch().v1().cronjobs().inNamespace(namespace).withName(NAME).get();
    return job.getStatus().lastSuccess() != null
        && "one".equals(job.getStatus().lastHandledRunRequest())
        && !cronJob.getSpec().getSuspend()
        && template(namespace).getStatus().usedBy().count() == 1;
  }

  private End end(String namespace) {
    var status =
        admin.resources(IngestionJob.class).inNamespace(namespace).withName(NAME).get().getStatus();
    return new End(
        names(admin.resources(Job.class).inNamespace(namespace).list().getItems()),
        names(admin.batch().v1().cronjobs().inNamespace(namespace).list().getItems()),
        admin
            .configMaps()
            .inNamespace(namespace)
            .withLabel("app.kubernetes.io/managed-by", "naru")
            .list()
            .getItems()
            .size(),
        status.lastRun().result(),
        status.history().size(),
        status.lastHandledRunRequest(),
        status.effective().get("job.retries"),
        template(namespace).getStatus().usedBy().count(),
        admin.v1().events().inNamespace(namespace).list().getItems().stream()
            .filter(
                it ->
                    Set.of("IngestionJob", "WorkloadTemplate")
                        .contains(it.getInvolvedObject().getKind()))
            .collect(Collectors.groupingBy(it -> it.getReason(), Collectors.counting())));
  }

  private static List<String> names(List<? extends HasMetadata> objects) {
    return objects.stream().map(it -> it.getMetadata().getName()).sorted().toList();
  }

  private void create(String namespace, HasMetadata resource) {
    resource.getMetadata().setNamespace(namespace);
    admin.resource(resource).create();
  }
}
