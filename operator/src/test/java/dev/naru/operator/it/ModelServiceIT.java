package dev.naru.operator.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.crds.Lenient;
import dev.naru.crds.v1alpha1.Condition;
import dev.naru.crds.v1alpha1.ConditionStatus;
import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.ModelService;
import dev.naru.operator.ingestion.RunLedger;
import dev.naru.operator.it.ControlPlane.Account;
import dev.naru.operator.it.TestOperator.Part;
import dev.naru.operator.metrics.Meters;
import dev.naru.operator.warehouse.WarehouseCheck;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v1.ScaleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A ModelService on a real API server with its controllers; the node is played. */
@ExtendWith(StateOracle.class)
final class ModelServiceIT {

  private static final String NAME = "price";

  @RegisterExtension final LogOracle oracle = new LogOracle();

  private final KubernetesClient admin = ControlPlane.get().admin;
  private final ShiftedClock clock = new ShiftedClock();
  private final Tap tap = Tap.recording();
  private String namespace;
  private ServingNode node;
  private TestOperator operator;

  @BeforeEach
  void start() {
    namespace = ControlPlane.get().namespace();
    node = new ServingNode(admin, namespace);
    operator = TestOperator.models(namespace, tap, clock);
  }

  @AfterEach
  void stop() {
    operator.close();
    node.close();
    admin.namespaces().withName(namespace).delete();
  }

  @Test
  void fromNothingToServingWithExactlyTheseRequestsAndThenNone() throws Exception {
    create(Samples.modelService());
    serving(NAME);

    var base = "/namespaces/" + namespace;
    assertThat(tap.writes())
        .filteredOn(it -> !it.contains("/events") && !it.contains("/status"))
        .containsExactly(
            "PATCH /api/v1" + base + "/serviceaccounts/price apply",
            "PATCH /apis/networking.k8s.io/v1" + base + "/networkpolicies/price apply",
            "PATCH /api/v1" + base + "/services/price apply",
            "PATCH /apis/policy/v1" + base + "/poddisruptionbudgets/price apply",
            "PATCH /apis/apps/v1" + base + "/deployments/price apply",
            // the number of pods, for the autoscaler to take it from
            "PATCH /apis/apps/v1" + base + "/deployments/price apply",
            "PATCH /apis/autoscaling/v2" + base + "/horizontalpodautoscalers/price apply");
    var status = service(NAME).getStatus();
    assertThat(status.url()).isEqualTo("http://price." + namespace + ":8080");
    Await.until("all pods", () -> "2/2".equals(service(NAME).getStatus().replicas()));
    assertThat(status.image()).isEqualTo("registry.example.com/models/price:good");
    assertThat(status.next()).isNull();
    assertThat(status.effective())
        .containsEntry("spec.autoscaling.targetCPUUtilizationPercentage", "70")
        .containsEntry("spec.pod.serviceAccountName", "price")
        .containsEntry("spec.drain.delay", "10s");
    assertThat(deployment().getSpec().getReplicas()).isEqualTo(2);

    atRest();
    operator.close();
    tap.drain();
    operator = TestOperator.models(namespace, tap, clock);
    Await.until("reconciled", () -> operator.reconciles("ModelService") > 0);
    atRest();
    assertThat(tap.writes()).as("a restart at rest writes nothing").isEmpty();
  }

  @Test
  void whyAServiceDoesNotAnswerIsToldInTheCondition() {
    var causes =
        Map.of(
            "pull", "ImagePullFailed manifest unknown",
            "crash", "Crashing exit code 1; its last lines: KeyError: MART",
            "oom", "OutOfMemory more than its 256Mi of memory",
            "root", "ImageRunsAsRoot USER 65532",
            "secret", "DependencyMissing secret \"keys\" not found; create it",
            "silent", "ProbeFailing HTTP probe failed with statuscode: 404",
            "nomodel", "ModelNotFound gs://models/7: there is no object of that name",
            "denied", "ModelAccessDenied let the pods' ServiceAccount read it",
            "checksum", "ModelChecksumMismatch its sha256 is 0a1b2c3d",
            "huge", "Unschedulable 1 Insufficient memory");
    causes.keySet().forEach(it -> create(named(it, it)));
    causes.forEach(
        (name, cause) -> {
          var reason = cause.substring(0, cause.indexOf(' '));
          Await.until(name, () -> ready(name).reason().equals(reason));
          assertThat(ready(name).message()).contains(cause.substring(cause.indexOf(' ') + 1));
          assertThat(ready(name).status()).isEqualTo(ConditionStatus.FALSE);
          assertThat(condition(name, "Stalled").isPresent())
              .as(name)
              .isEqualTo(
                  List.of("pull", "crash", "oom", "root", "nomodel", "denied", "checksum")
                      .contains(name));
        });
  }

  @Test
  void aModelThatIsGoneStopsNewPodsAndNoneThatAnswer() {
    create(withReplicas());
    serving(NAME);
    node.play("good", "nomodel");
    merge("{\"spec\": {\"replicas\": 3}}");
    Await.until("told", () -> ready(NAME).message().contains("there is no object of that name"));
    assertThat(ready(NAME).status()).isEqualTo(ConditionStatus.TRUE);
    assertThat(ready(NAME).reason()).isEqualTo("Serving");
    Await.until("two answer", () -> "2/3".equals(service(NAME).getStatus().replicas()));

    node.play("good", "good");
    admin.pods().inNamespace(namespace).list().getItems().stream()
        .filter(it -> it.getStatus().getPhase().equals("Pending"))
        .forEach(it -> admin.resource(it).delete());
    Await.until("all answer", () -> "3/3".equals(service(NAME).getStatus().replicas()));
    Await.until(
        "nothing more to tell", () -> !ready(NAME).message().contains("there is no object"));
  }

  @Test
  void anExceededQuotaIsToldAndOnceItIsRaisedNobodyHasToHelp() {
    create(
        new ResourceQuotaBuilder()
            .withNewMetadata()
            .withName("small")
            .endMetadata()
            .withNewSpec()
            .addToHard("pods", new Quantity("1"))
            .endSpec()
            .build());
    Await.until(
        "the quota counts",
        () ->
            admin.resourceQuotas().inNamespace(namespace).withName("small").get().getStatus()
                    != null
                && !admin
                    .resourceQuotas()
                    .inNamespace(namespace)
                    .withName("small")
                    .get()
                    .getStatus()
                    .getUsed()
                    .isEmpty());
    create(withReplicas());
    Await.until("told", () -> ready(NAME).reason().equals("QuotaExceeded"));
    assertThat(ready(NAME).message()).contains("exceeded quota: small").doesNotContain("pods \"");
    Await.until("one pod answers", () -> ready(NAME).status() == ConditionStatus.TRUE);
    assertThat(ready(NAME).reason()).isEqualTo("QuotaExceeded");
    assertThat(condition(NAME, "Stalled")).isPresent();

    admin
        .resourceQuotas()
        .inNamespace(namespace)
        .withName("small")
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\": {\"hard\": {\"pods\": \"5\"}}}");
    serving(NAME);
    Await.until("all answer", () -> "2/2".equals(service(NAME).getStatus().replicas()));
    Await.until("nothing is wrong any more", () -> condition(NAME, "Stalled").isEmpty());
  }

  @Test
  void aBadRevisionStandsBehindTheOneThatAnswersAlsoWhenStatusIsLost() {
    create(Samples.modelService());
    serving(NAME);
    var good = service(NAME).getStatus().revision();
    merge(image("crash"));
    Await.until("told", () -> condition(NAME, "Stalled").isPresent());
    assertThat(ready(NAME).status()).isEqualTo(ConditionStatus.TRUE);
    assertThat(ready(NAME).reason()).isEqualTo("Crashing");
    assertThat(ready(NAME).message()).endsWith("; revision " + good + " answers meanwhile");
    var status = service(NAME).getStatus();
    assertThat(status.revision()).isEqualTo(good);
    assertThat(status.image()).endsWith(":good");
    assertThat(status.next().image()).endsWith(":crash");

    admin
        .resource(service(NAME))
        .subresource("status")
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"status\": null}");
    merge("{\"metadata\": {\"annotations\": {\"naru.dev/run-requested-at\": \"wake\"}}}");
    Await.until(
        "told again",
        () ->
            good.equals(service(NAME).getStatus().revision())
                && condition(NAME, "Stalled").isPresent());

    merge(image("good"));
    serving(NAME);
    Await.until("as before", () -> good.equals(service(NAME).getStatus().revision()));
    assertThat(condition(NAME, "Stalled")).isEmpty();
    assertThat(service(NAME).getStatus().next()).isNull();
  }

  @Test
  void whatIsChangedByHandIsRepairedAndTold() {
    create(withReplicas());
    serving(NAME);
    admin.apps().deployments().inNamespace(namespace).withName(NAME).scale(5);
    Await.until("scaled back", () -> deployment().getSpec().getReplicas() == 2);
    admin
        .resource(deployment())
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\": {\"paused\": true}}");
    Await.until("goes on", () -> !Boolean.TRUE.equals(deployment().getSpec().getPaused()));
    admin
        .services()
        .inNamespace(namespace)
        .withName(NAME)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"spec\": {\"selector\": {\"naru.dev/track\": \"other\"}}}");
    Await.until(
        "selects again",
        () ->
            "stable"
                .equals(
                    admin
                        .services()
                        .inNamespace(namespace)
                        .withName(NAME)
                        .get()
                        .getSpec()
                        .getSelector()
                        .get("naru.dev/track")));
    var budget = admin.policy().v1().podDisruptionBudget().inNamespace(namespace).withName(NAME);
    budget.patch(
        PatchContext.of(PatchType.JSON_MERGE), "{\"spec\": {\"maxUnavailable\": \"100%\"}}");
    Await.until(
        "protects as declared",
        () -> Integer.valueOf(1).equals(budget.get().getSpec().getMaxUnavailable().getIntVal()));
    budget.delete();
    Await.until("protects again", () -> budget.get() != null);
    admin
        .network()
        .v1()
        .networkPolicies()
        .inNamespace(namespace)
        .withName(NAME)
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\": {\"ingress\": [{}]}}");
    Await.until(
        "closed again",
        () ->
            !admin
                .network()
                .v1()
                .networkPolicies()
                .inNamespace(namespace)
                .withName(NAME)
                .get()
                .getSpec()
                .getIngress()
                .getFirst()
                .getPorts()
                .isEmpty());
    admin.serviceAccounts().inNamespace(namespace).withName(NAME).delete();
    Await.until(
        "an identity again",
        () -> admin.serviceAccounts().inNamespace(namespace).withName(NAME).get() != null);
    merge(
        "{\"spec\": {\"replicas\": null, \"autoscaling\": {\"minReplicas\": 2, \"maxReplicas\": 6}}}");
    serving(NAME);
    var autoscaler =
        admin.autoscaling().v2().horizontalPodAutoscalers().inNamespace(namespace).withName(NAME);
    autoscaler.patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\": {\"maxReplicas\": 60}}");
    Await.until("bounded again", () -> autoscaler.get().getSpec().getMaxReplicas() == 6);
    autoscaler.delete();
    Await.until("scaled by load again", () -> autoscaler.get() != null);
    Await.until(
        "told",
        () ->
            events("Repaired")
                .containsAll(
                    List.of(
                        "NetworkPolicy price was changed by someone else and is as declared again; change the ModelService instead",
                        "ServiceAccount price was deleted by someone else and is created again",
                        "Deployment price was changed by someone else and is as declared again; change the ModelService instead",
                        "Service price was changed by someone else and is as declared again; change the ModelService instead",
                        "PodDisruptionBudget price was changed by someone else and is as declared again; change the ModelService instead",
                        "PodDisruptionBudget price was deleted by someone else and is created again",
                        "HorizontalPodAutoscaler price was changed by someone else and is as declared again; change the ModelService instead",
                        "HorizontalPodAutoscaler price was deleted by someone else and is created again")));
    serving(NAME);
  }

  @Test
  void theAutoscalerGetsTheNumberOfPodsAndGivesItBack() {
    var numbers = new CopyOnWriteArrayList<Integer>();
    create(withReplicas());
    serving(NAME);
    merge("{\"spec\": {\"replicas\": 4}}");
    Await.until("four", () -> deployment().getStatus().getAvailableReplicas() == 4);
    try (var _ = watch(numbers)) {
      merge(
          "{\"spec\": {\"replicas\": null, \"autoscaling\": {\"minReplicas\": 2, \"maxReplicas\": 6}}}");
      Await.until("scaled by load", () -> autoscaler() == 1);
      serving(NAME);
      atRest();
      assertThat(numbers).as("never another number").containsOnly(4);

      // as the autoscaler does it
      admin
          .apps()
          .deployments()
          .inNamespace(namespace)
          .withName(NAME)
          .scale(
              new ScaleBuilder()
                  .withNewMetadata()
                  .withNamespace(namespace)
                  .withName(NAME)
                  .endMetadata()
                  .withNewSpec()
                  .withReplicas(5)
                  .endSpec()
                  .build());
      Await.until("five", () -> deployment().getStatus().getAvailableReplicas() == 5);
      merge(image("better"));
      Await.until("rolled out", () -> service(NAME).getStatus().image().endsWith(":better"));
      assertThat(numbers).containsOnly(4, 5);
      assertThat(deployment().getSpec().getReplicas()).isEqualTo(5);
    }
    merge("{\"spec\": {\"replicas\": 3, \"autoscaling\": null}}");
    Await.until("three", () -> deployment().getSpec().getReplicas() == 3);
    assertThat(autoscaler()).isZero();
    serving(NAME);
    assertThat(events("Repaired")).isEmpty();

    merge(
        "{\"spec\": {\"replicas\": null, \"autoscaling\": {\"minReplicas\": 1, \"maxReplicas\": 6}}}");
    Await.until("scaled by load again", () -> autoscaler() == 1);
    serving(NAME);
    assertThat(deployment().getSpec().getReplicas()).isEqualTo(3);
  }

  @Test
  void aRevisionWaitsForYoungDataAndPodsThatAnswerDoNot() {
    create(Samples.dataMart());
    create(
        Samples.read(
            ModelService.class,
            Lenient.serialization()
                .asYaml(Samples.modelService())
                .replace(
                    "spec:\n",
                    "spec:\n  inputs: [{dataMartRef: {name: store}, maxStaleness: 26h, onViolation: HoldRollout}]\n")));
    serving(NAME);
    assertThat(condition(NAME, "InputsFresh").orElseThrow().reason()).isEqualTo("Stale");
    merge(image("better"));
    Await.until("held", () -> ready(NAME).reason().equals("RolloutHeld"));
    assertThat(ready(NAME).message()).contains("DataMart store has published nothing yet");
    assertThat(condition(NAME, "Reconciling")).isEmpty();
    assertThat(service(NAME).getStatus().image()).endsWith(":good");
    assertThat(service(NAME).getStatus().next().image()).endsWith(":better");

    var mart = admin.resources(DataMart.class).inNamespace(namespace).withName("store");
    mart.subresource("status")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"status\": {\"dataThrough\": \"%s\"}}"
                .formatted(clock.instant().truncatedTo(java.time.temporal.ChronoUnit.SECONDS)));
    Await.until("rolled out", () -> service(NAME).getStatus().image().endsWith(":better"));
    serving(NAME);
    assertThat(condition(NAME, "InputsFresh").orElseThrow().reason()).isEqualTo("Fresh");
    assertThat(service(NAME).getStatus().inputs().getFirst().fresh()).isTrue();
    clock.advance(java.time.Duration.ofHours(27));
    merge("{\"metadata\": {\"annotations\": {\"naru.dev/run-requested-at\": \"later\"}}}");
    Await.until(
        "stale", () -> condition(NAME, "InputsFresh").orElseThrow().reason().equals("Stale"));
    assertThat(ready(NAME).reason()).isEqualTo("Serving");
  }

  @Test
  void templatesDecideAndWhatTheyForbidIsTold() {
    create(Samples.standard());
    create(
        Samples.read(
            ModelService.class,
            Lenient.serialization()
                .asYaml(Samples.modelService())
                .replace("spec:\n", "spec:\n  templateRef: {name: nightly}\n")));
    Await.until("waits", () -> ready(NAME).reason().equals("DependencyMissing"));
    create(Samples.nightly());
    serving(NAME);
    assertThat(deployment().getSpec().getTemplate().getMetadata().getLabels())
        .containsEntry("team", "night")
        .containsEntry("cost-center", "mobility");
    assertThat(service(NAME).getStatus().effective())
        .containsEntry("spec.pod.labels[team]", "night (template nightly)")
        .doesNotContainKey("job.retries");
    Await.until(
        "its user is known",
        () ->
            admin
                .resources(dev.naru.crds.v1alpha1.WorkloadTemplate.class)
                .inNamespace(namespace)
                .withName("nightly")
                .get()
                .getStatus()
                .usedBy()
                .resources()
                .equals(List.of(new dev.naru.crds.v1alpha1.UsedBy.Resource("ModelService", NAME))));

    var before = deployment().getMetadata().getResourceVersion();
    admin.resource(Samples.nightly()).inNamespace(namespace).delete();
    Await.until("told", () -> ready(NAME).reason().equals("DependencyMissing"));
    assertThat(ready(NAME).status()).as("it goes on").isEqualTo(ConditionStatus.TRUE);
    assertThat(deployment().getMetadata().getResourceVersion()).isEqualTo(before);
    merge("{\"spec\": {\"templateRef\": null}}");
    serving(NAME);

    admin
        .resource(Samples.standard())
        .inNamespace(namespace)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"spec\": {\"policy\": {\"registries\": [\"asia-docker.pkg.dev/socar\"]}}}");
    Await.until("refused", () -> ready(NAME).reason().equals("PolicyViolated"));
    assertThat(ready(NAME).message())
        .startsWith("spec.image: registry.example.com/models/price:good does not come from")
        .contains("; until then revision");
    assertThat(ready(NAME).status()).isEqualTo(ConditionStatus.TRUE);
    admin
        .resource(Samples.standard())
        .inNamespace(namespace)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"spec\": {\"policy\": {\"registries\": null, \"resources\": {\"max\": {\"memory\": \"128Mi\"}}}}}");
    Await.until("refused", () -> ready(NAME).message().contains("256Mi is above 128Mi"));
  }

  @Test
  void whatATemplateForbidsIsNotStarted() {
    create(Samples.standard());
    policy("{\"registries\": [\"asia-docker.pkg.dev/socar\"]}");
    create(Samples.modelService());
    Await.until("told", () -> ready(NAME).reason().equals("PolicyViolated"));
    assertThat(ready(NAME).status()).isEqualTo(ConditionStatus.FALSE);
    assertThat(ready(NAME).message())
        .startsWith("spec.image: registry.example.com/models/price:good does not come from");
    assertThat(condition(NAME, "Stalled")).isPresent();

    policy("{\"registries\": null, \"resources\": {\"max\": {\"memory\": \"128Mi\"}}}");
    Await.until("told", () -> ready(NAME).message().contains("256Mi is above 128Mi"));
    assertThat(ready(NAME).message()).startsWith("spec.pod.resources.");
    assertThat(deployment()).isNull();

    policy("{\"resources\": {\"max\": {\"memory\": \"256Mi\"}}}");
    serving(NAME);
  }

  private void policy(String changes) {
    admin
        .resource(Samples.standard())
        .inNamespace(namespace)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"spec\": {\"policy\": %s}}".formatted(changes));
  }

  @Test
  void aNameThatSomebodyElseHasIsLeftAlone() {
    create(
        new io.fabric8.kubernetes.api.model.ServiceBuilder()
            .withNewMetadata()
            .withName(NAME)
            .endMetadata()
            .withNewSpec()
            .addNewPort()
            .withPort(80)
            .endPort()
            .endSpec()
            .build());
    create(Samples.modelService());
    Await.until("told", () -> ready(NAME).reason().equals("NameTaken"));
    assertThat(ready(NAME).message()).startsWith("Service price exists in this namespace");
    assertThat(deployment()).isNull();
  }

  @Test
  void aPodThatIsEvictedIsReplacedAndTheServiceStaysReady() {
    create(Samples.modelService());
    serving(NAME);
    Await.until("all", () -> "2/2".equals(service(NAME).getStatus().replicas()));
    var pod = admin.pods().inNamespace(namespace).list().getItems().getFirst();
    Await.until(
        "the budget lets one go",
        () -> admin.pods().inNamespace(namespace).withName(pod.getMetadata().getName()).evict());
    Await.until(
        "replaced",
        () ->
            admin.pods().inNamespace(namespace).list().getItems().stream()
                    .filter(it -> !it.isMarkedForDeletion())
                    .count()
                == 2);
    Await.until("all again", () -> deployment().getStatus().getAvailableReplicas() == 2);
    serving(NAME);
    assertThat(events("Serving")).hasSize(1);
  }

  @Test
  void aPodThatItsNodeEvictsIsReplacedAndNotToldAsTrouble() {
    create(Samples.modelService());
    serving(NAME);
    Await.until("all", () -> "2/2".equals(service(NAME).getStatus().replicas()));
    var pod = admin.pods().inNamespace(namespace).list().getItems().getFirst();
    admin
        .resource(pod)
        .subresource("status")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            """
            {"status": {"phase": "Failed", "reason": "Evicted", "message": "The node was low on resource: memory.",
              "conditions": [{"type": "Ready", "status": "False", "lastTransitionTime": "2026-01-01T00:00:00Z"}]}}
            """);
    Await.until(
        "replaced",
        () ->
            admin.pods().inNamespace(namespace).list().getItems().stream()
                    .filter(it -> it.getStatus().getPhase().equals("Running"))
                    .count()
                == 2);
    Await.until("all again", () -> "2/2".equals(service(NAME).getStatus().replicas()));
    assertThat(ready(NAME).reason()).isEqualTo("Serving");
    assertThat(ready(NAME).message()).doesNotContain("a pod of it does not");
    assertThat(condition(NAME, "Stalled")).isEmpty();
  }

  @Test
  void aNamespaceThatGoesTakesEverythingAlong() {
    operator.close();
    // rights that go with the namespace would stop it before anything else does
    operator =
        new TestOperator(
            Map.of("NARU_WATCH_NAMESPACES", namespace),
            Account.EVERYWHERE,
            tap,
            clock,
            new Meters("test", "none"),
            _ -> new WarehouseCheck.Answer.Usable(),
            (_, _) -> new RunLedger.Entry.Unknown("nobody should ask"),
            Set.of(Part.MODEL));
    create(Samples.modelService());
    serving(NAME);
    // what is made anew meanwhile is refused
    oracle.expect("event not written|being terminated|403");
    admin.namespaces().withName(namespace).delete();
    Await.until("gone", () -> admin.namespaces().withName(namespace).get() == null);
    tap.forbidden().clear();
  }

  private void serving(String name) {
    Await.until(
        "serving",
        () ->
            ready(name).reason().equals("Serving")
                && service(name)
                    .getMetadata()
                    .getGeneration()
                    .equals(ready(name).observedGeneration()));
  }

  private void atRest() {
    Await.until(
        "at rest",
        () -> {
          tap.drain();
          Thread.sleep(1_500);
          return tap.writes().isEmpty();
        });
  }

  private io.fabric8.kubernetes.client.Watch watch(List<Integer> numbers) {
    return admin
        .apps()
        .deployments()
        .inNamespace(namespace)
        .withName(NAME)
        .watch(
            new Watcher<>() {
              @Override
              public void eventReceived(Action action, Deployment deployment) {
                numbers.add(deployment.getSpec().getReplicas());
              }

              @Override
              public void onClose(WatcherException cause) {
                throw new IllegalStateException("nobody counts any more", cause);
              }
            });
  }

  private static String image(String tag) {
    return "{\"spec\": {\"image\": \"registry.example.com/models/price:%s\"}}".formatted(tag);
  }

  private static ModelService named(String name, String tag) {
    var service =
        Samples.read(
            ModelService.class,
            Lenient.serialization()
                .asYaml(Samples.modelService())
                .replace("price:good", "price:" + tag));
    service.getMetadata().setName(name);
    return service;
  }

  private static ModelService withReplicas() {
    var yaml = Lenient.serialization().asYaml(Samples.modelService());
    return Samples.read(
        ModelService.class,
        yaml.replaceFirst("(?m)^  autoscaling:\n(    .*\n)+", "  replicas: 2\n"));
  }

  private List<String> events(String reason) {
    return admin.v1().events().inNamespace(namespace).list().getItems().stream()
        .filter(it -> it.getInvolvedObject().getKind().equals("ModelService"))
        .filter(it -> it.getReason().equals(reason))
        .map(it -> it.getMessage())
        .toList();
  }

  private long autoscaler() {
    return admin
        .autoscaling()
        .v2()
        .horizontalPodAutoscalers()
        .inNamespace(namespace)
        .list()
        .getItems()
        .size();
  }

  private Deployment deployment() {
    return admin.apps().deployments().inNamespace(namespace).withName(NAME).get();
  }

  private ModelService service(String name) {
    return admin.resources(ModelService.class).inNamespace(namespace).withName(name).get();
  }

  private Condition ready(String name) {
    return condition(name, "Ready").orElseThrow();
  }

  private Optional<Condition> condition(String name, String type) {
    return service(name).getStatus().conditions().stream()
        .filter(it -> it.type().equals(type))
        .findFirst();
  }

  private void merge(String patch) {
    admin.resource(service(NAME)).patch(PatchContext.of(PatchType.JSON_MERGE), patch);
  }

  private void create(HasMetadata resource) {
    resource.getMetadata().setNamespace(namespace);
    admin.resource(resource).create();
  }
}
