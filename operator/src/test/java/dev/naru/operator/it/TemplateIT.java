package dev.naru.operator.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.crds.v1alpha1.Annotations;
import dev.naru.crds.v1alpha1.Condition;
import dev.naru.crds.v1alpha1.ConditionStatus;
import dev.naru.crds.v1alpha1.Connection;
import dev.naru.crds.v1alpha1.IngestionJob;
import dev.naru.crds.v1alpha1.UsedBy;
import dev.naru.crds.v1alpha1.WorkloadTemplate;
import dev.naru.crds.v1alpha1.WorkloadTemplateSpec;
import dev.naru.operator.ingestion.RunLedger;
import dev.naru.operator.it.TestOperator.Part;
import dev.naru.operator.metrics.Meters;
import dev.naru.operator.warehouse.WarehouseCheck;
import dev.naru.runfile.RunId;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Templates and those who use them, on a real API server. */
@ExtendWith(LogOracle.class)
final class TemplateIT {

  private static final String NAME = "reservations";
  private static final Set<Part> ALL = Set.of(Part.INGESTION, Part.TEMPLATE);

  private final KubernetesClient admin = ControlPlane.get().admin;
  private final Tap tap = Tap.recording();
  private String namespace;
  private TestOperator operator;

  @BeforeEach
  void start() {
    namespace = ControlPlane.get().namespace();
    operator = operator(ALL, Optional.empty());
  }

  @AfterEach
  void stop() {
    operator.close();
    admin.namespaces().withName(namespace).delete();
  }

  @Test
  void whateverComesFirstTheEndIsTheSame() {
    apply(job(NAME, "nightly"));
    Await.until("said", () -> ready(NAME).reason().equals("DependencyMissing"));
    apply(Samples.standard());
    apply(Samples.nightly());
    references();
    scheduled(NAME);
    var first = template(cronJob(NAME));
    var users = new UsedBy(1, List.of(new UsedBy.Resource("IngestionJob", NAME)));
    Await.until("users are known", () -> users.equals(usedBy("standard")));
    Await.until("users are known", () -> users.equals(usedBy("nightly")));

    admin.resource(resource(NAME)).delete();
    Await.until("gone", () -> cronJob(NAME) == null);
    Await.until("no users are left", () -> usedBy("nightly").equals(new UsedBy(0, List.of())));
    apply(job(NAME, "nightly"));
    scheduled(NAME);

    assertThat(template(cronJob(NAME))).isEqualTo(first);
    assertThat(first.labels())
        .containsEntry("team", "night")
        .containsEntry("cost-center", "mobility")
        .containsEntry("naru.dev/name", NAME);
    assertThat(first.retries()).isEqualTo(1);
    assertThat(first.limits()).containsEntry("cpu", "2").containsEntry("memory", "1Gi");
    assertThat(cronJob(NAME).getSpec().getFailedJobsHistoryLimit()).isEqualTo(5);
    assertThat(resource(NAME).getStatus().effective())
        .containsEntry("spec.timeout", "2h (template nightly)")
        .containsEntry("job.historyLimit", "5 (template standard)");
  }

  @Test
  void aChangeReachesTheScheduleWithExactlyTheseRequestsAndNoRunThatIsGoingOn() {
    operator.close();
    operator = operator(Set.of(Part.INGESTION), Optional.empty());
    references();
    apply(Samples.nightly());
    apply(job(NAME, "nightly"));
    scheduled(NAME);
    annotate(NAME, Annotations.RUN_REQUESTED_AT, "one");
    new Kubelet(admin, namespace).pod(NAME + "-m-" + RunId.hash8("one"));
    Await.until("held", () -> cronJob(NAME).getSpec().getSuspend());
    Await.until("answered", () -> "one".equals(resource(NAME).getStatus().lastHandledRunRequest()));
    var running = admin.resources(Job.class).inNamespace(namespace).list().getItems().getFirst();
    var runFile = resource(NAME).getStatus().runFile();
    tap.drain();

    patch("nightly", "{\"pod\": {\"nodeSelector\": {\"zone\": \"a\"}}}");
    Await.until(
        "followed",
        () ->
            "a (template nightly)"
                .equals(resource(NAME).getStatus().effective().get("spec.pod.nodeSelector[zone]")));

    var base = "/namespaces/" + namespace;
    assertThat(tap.drain())
        // why its pod does not start is asked again
        .filteredOn(it -> !it.endsWith("/events"))
        .containsExactly(
            "PATCH /apis/batch/v1" + base + "/cronjobs/" + NAME + " apply",
            "PATCH /apis/naru.dev/v1alpha1" + base + "/ingestionjobs/" + NAME + "/status apply");
    assertThat(template(cronJob(NAME)).nodeSelector())
        .isEqualTo(Map.of("pool", "batch", "zone", "a"));
    assertThat(admin.resource(running).get().getMetadata().getUid())
        .isEqualTo(running.getMetadata().getUid());
    assertThat(admin.resource(running).get().getSpec()).isEqualTo(running.getSpec());
    assertThat(resource(NAME).getStatus().runFile())
        .as("what the run is told is the same")
        .isEqualTo(runFile);
    assertThat(resource(NAME).getStatus().nextLoad().reason())
        .as("no full load because of it")
        .contains("first run");
  }

  @Test
  void deletedWhileUsedTheScheduleGoesOnAndTheConditionSaysSo() {
    references();
    apply(Samples.nightly());
    apply(job(NAME, "nightly"));
    scheduled(NAME);
    var before = cronJob(NAME);

    admin.resource(template("nightly")).delete();
    Await.until("said", () -> ready(NAME).reason().equals("DependencyMissing"));

    assertThat(ready(NAME).message())
        .isEqualTo(
            "spec.templateRef: WorkloadTemplate nightly does not exist in namespace %s: create it or correct the name; until then the schedule goes on as it was last realised"
                .formatted(namespace));
    assertThat(cronJob(NAME)).isEqualTo(before);
    assertThat(resource(NAME).getStatus().effective())
        .containsEntry("spec.timeout", "2h (template nightly)");

    apply(Samples.nightly());
    scheduled(NAME);
    assertThat(cronJob(NAME).getMetadata().getResourceVersion())
        .isEqualTo(before.getMetadata().getResourceVersion());
  }

  @Test
  void twoDefaultsAreSaidByAllAndNoneIsPicked() {
    references();
    apply(Samples.standard());
    apply(job(NAME, null));
    apply(job("cars", null));
    scheduled(NAME);
    scheduled("cars");
    var before = cronJob(NAME);

    var other = Samples.standard();
    other.getMetadata().setName("another");
    apply(other);
    for (var name : List.of(NAME, "cars")) {
      Await.until("the job says so", () -> ready(name).reason().equals("SeveralDefaults"));
    }
    for (var name : List.of("standard", "another")) {
      Await.until("the template says so", () -> readyTemplate(name).equals("SeveralDefaults"));
    }
    assertThat(ready(NAME).message())
        .startsWith("spec.default: WorkloadTemplates another, standard of namespace " + namespace);
    assertThat(cronJob(NAME)).isEqualTo(before);

    patch("another", "{\"default\": false}");
    scheduled(NAME);
    scheduled("cars");
    for (var name : List.of("standard", "another")) {
      Await.until("both are fine", () -> readyTemplate(name).equals("Accepted"));
    }
    Await.until("nobody uses the other", () -> usedBy("another").count() == 0);

    // the end of a default must be heard by those it concerned
    patch("standard", "{\"default\": false}");
    Await.until(
        "its labels are gone",
        () -> !template(cronJob("cars")).labels().containsKey("cost-center"));
  }

  @Test
  void aViolationIsSaidAndMendedOnEitherSide() {
    references();
    apply(Samples.standard());
    apply(job(NAME, null));
    scheduled(NAME);

    patch("standard", "{\"policy\": {\"resources\": {\"max\": {\"memory\": \"512Mi\"}}}}");
    Await.until("stalled", () -> ready(NAME).reason().equals("PolicyViolated"));
    assertThat(ready(NAME).message())
        .isEqualTo(
            "spec.pod.resources.requests.memory: 1Gi is above 512Mi, the most that template standard allows: write less, or have its policy.resources.max raised; "
                + "spec.pod.resources.limits.memory: 1Gi is above 512Mi, the most that template standard allows: write less, or have its policy.resources.max raised"
                + "; until then the schedule goes on as it was last realised");
    assertThat(stalled(NAME)).isTrue();
    admin
        .resource(resource(NAME))
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"spec\": {\"pod\": {\"resources\": {\"requests\": {\"memory\": \"256Mi\"}, \"limits\": {\"memory\": \"512Mi\"}}}}}");
    scheduled(NAME);
    assertThat(template(cronJob(NAME)).limits()).containsEntry("memory", "512Mi");

    patch("standard", "{\"policy\": {\"requiredLabels\": [\"team\", \"owner\"]}}");
    Await.until("stalled", () -> ready(NAME).message().contains("the label owner is missing"));
    patch("standard", "{\"policy\": {\"requiredLabels\": [\"team\"]}}");
    scheduled(NAME);
  }

  @Test
  void aChangeWakesExactlyTheJobsItConcerns() {
    references();
    apply(Samples.standard());
    apply(Samples.nightly());
    apply(job(NAME, "nightly"));
    apply(job("cars", null));
    apply(job("zones", null));
    for (var name : List.of(NAME, "cars", "zones")) {
      scheduled(name);
    }
    operator.close();
    operator = operator(Set.of(Part.INGESTION), Optional.empty());
    Await.until("at rest", () -> operator.reconciles("IngestionJob") >= 3);
    var before = quiet();

    // changes that change no child: nothing else wakes anybody
    patch("nightly", "{\"policy\": {\"requiredLabels\": [\"team\"]}}");
    Await.until("one", () -> operator.reconciles("IngestionJob") == before + 1);
    patch("standard", "{\"policy\": {\"requiredLabels\": [\"team\"]}}");
    Await.until("and all", () -> operator.reconciles("IngestionJob") == before + 4);
    assertThat(quiet()).isEqualTo(before + 4);
  }

  @Test
  void theClustersDefaultIsFarthestAndItsPolicyHolds() {
    operator.close();
    operator =
        operator(ALL, cluster("{pod: {labels: {team: all, env: prod}}, job: {historyLimit: 2}}"));
    references();
    apply(Samples.standard());
    apply(job(NAME, null));
    scheduled(NAME);
    assertThat(template(cronJob(NAME)).labels())
        .containsEntry("team", "rental")
        .containsEntry("env", "prod");
    assertThat(resource(NAME).getStatus().effective())
        .containsEntry("spec.pod.labels[env]", "prod (cluster default)");

    operator.close();
    operator = operator(ALL, cluster("{policy: {resources: {max: {memory: 768Mi}}}}"));
    Await.until("stalled", () -> ready(NAME).reason().equals("PolicyViolated"));
    assertThat(ready(NAME).message())
        .startsWith(
            "spec.pod.resources.requests.memory: 1Gi is above 768Mi, the most that cluster default"
                + " allows");
    operator.close();
    operator = operator(ALL, Optional.empty());
    scheduled(NAME);
    Await.until("its labels are gone", () -> !template(cronJob(NAME)).labels().containsKey("env"));
  }

  @Test
  void whatTheApiServerRefusesIsSaidInItsWords() {
    references();
    var greedy = job(NAME, null);
    greedy.setSpec(
        Samples.read(
                IngestionJob.class,
                admin
                    .getKubernetesSerialization()
                    .asYaml(greedy)
                    .replace("cpu: \"1000m\"", "nvidia.com/gpu: \"1\""))
            .getSpec());
    apply(greedy);
    Await.until("stalled", () -> ready(NAME).reason().equals("ChildRefused"));
    assertThat(ready(NAME).message())
        .startsWith("CronJob reservations is refused by the API server: ")
        .contains("resources.limits", "Limit must be set");
    assertThat(stalled(NAME)).isTrue();
  }

  @Test
  void aProbeIsAPodOfTheDefaultTemplate() {
    operator.close();
    operator = operator(Set.of(Part.CONNECTION), Optional.empty());
    apply(Samples.standard());
    patch("standard", "{\"policy\": {\"requiredLabels\": [\"owner\"]}}");
    apply(Samples.connection());
    Await.until("stalled", () -> readyConnection().reason().equals("PolicyViolated"));
    assertThat(readyConnection().message())
        .isEqualTo(
            "pod.labels: the label owner is missing, which template standard requires: add it there, or to pod.labels of a template that counts here"
                + " (the pod that probes this Connection takes its settings from the default templates)");
    assertThat(probes()).isEmpty();

    patch("standard", "{\"pod\": {\"labels\": {\"owner\": \"me\"}}}");
    Await.until("probing", () -> probes().size() == 1);
    assertThat(probes().getFirst().getSpec().getTemplate().getMetadata().getLabels())
        .containsEntry("owner", "me")
        .containsEntry("team", "rental");

    // its pod may be refused for a label that is added now: it is made anew
    var first = probes().getFirst().getMetadata().getName();
    patch("standard", "{\"pod\": {\"labels\": {\"owner\": \"you\"}}}");
    Await.until(
        "another probe",
        () ->
            probes().size() == 1
                && !probes().getFirst().getMetadata().getName().equals(first)
                && probes().getFirst().getMetadata().getLabels().get("owner").equals("you"));
  }

  /** The parts of a CronJob that templates decide. */
  private record PodTemplate(
      Map<String, String> labels,
      Map<String, String> nodeSelector,
      Map<String, String> limits,
      int retries) {}

  private static PodTemplate template(CronJob cronJob) {
    var job = cronJob.getSpec().getJobTemplate().getSpec();
    var pod = job.getTemplate();
    var limits = new java.util.TreeMap<String, String>();
    pod.getSpec()
        .getContainers()
        .getFirst()
        .getResources()
        .getLimits()
        .forEach((name, it) -> limits.put(name, it.toString()));
    var labels = new java.util.TreeMap<>(pod.getMetadata().getLabels());
    labels.remove("naru.dev/uid");
    return new PodTemplate(labels, pod.getSpec().getNodeSelector(), limits, job.getBackoffLimit());
  }

  private TestOperator operator(Set<Part> parts, Optional<WorkloadTemplateSpec> clusterDefault) {
    return new TestOperator(
        namespace,
        tap,
        Clock.systemUTC(),
        new Meters("test", "none"),
        _ -> new WarehouseCheck.Answer.Usable(),
        (_, _) -> new RunLedger.Entry.Unknown("nobody should ask"),
        parts,
        clusterDefault);
  }

  private static Optional<WorkloadTemplateSpec> cluster(String yaml) {
    return Optional.of(Samples.read(WorkloadTemplateSpec.class, "---\n" + yaml));
  }

  private static IngestionJob job(String name, String template) {
    var job = Samples.ingestionJob();
    if (template != null) {
      job =
          Samples.read(
              IngestionJob.class,
              io.fabric8.kubernetes.client.utils.Serialization.asYaml(job)
                  .replace("spec:\n", "spec:\n  templateRef: {name: %s}\n".formatted(template)));
    }
    job.getMetadata().setName(name);
    return job;
  }

  /** How many reconciles there were once none follows any more. */
  private double quiet() {
    var seen = new double[] {operator.reconciles("IngestionJob")};
    org.awaitility.Awaitility.await("no reconcile follows")
        .during(java.time.Duration.ofSeconds(2))
        .atMost(java.time.Duration.ofSeconds(60))
        .until(
            () -> {
              var now = operator.reconciles("IngestionJob");
              var same = now == seen[0];
              seen[0] = now;
              return same;
            });
    return seen[0];
  }

  private void references() {
    apply(Samples.warehouse());
    apply(Samples.connection());
  }

  private void apply(HasMetadata resource) {
    resource.getMetadata().setNamespace(namespace);
    admin.resource(resource).create();
  }

  private void patch(String template, String spec) {
    admin
        .resource(template(template))
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\": %s}".formatted(spec));
  }

  private void annotate(String name, String key, String token) {
    admin
        .resource(resource(name))
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"metadata\": {\"annotations\": {\"%s\": \"%s\"}}}".formatted(key, token));
  }

  private void scheduled(String name) {
    Await.until(
        name + " is scheduled",
        () ->
            ready(name).status() == ConditionStatus.TRUE
                && ready(name).reason().equals("Scheduled"));
  }

  private Condition ready(String name) {
    return ready(resource(name).getStatus().conditions());
  }

  private boolean stalled(String name) {
    return resource(name).getStatus().conditions().stream()
        .anyMatch(it -> it.type().equals("Stalled"));
  }

  private String readyTemplate(String name) {
    return ready(template(name).getStatus().conditions()).reason();
  }

  private Condition readyConnection() {
    return ready(
        admin
            .resources(Connection.class)
            .inNamespace(namespace)
            .withName("rental-db")
            .get()
            .getStatus()
            .conditions());
  }

  private static Condition ready(List<Condition> conditions) {
    return conditions.stream().filter(it -> it.type().equals("Ready")).findFirst().orElseThrow();
  }

  private UsedBy usedBy(String template) {
    return template(template).getStatus().usedBy();
  }

  private WorkloadTemplate template(String name) {
    return admin.resources(WorkloadTemplate.class).inNamespace(namespace).withName(name).get();
  }

  private IngestionJob resource(String name) {
    return admin.resources(IngestionJob.class).inNamespace(namespace).withName(name).get();
  }

  private CronJob cronJob(String name) {
    return admin.batch().v1().cronjobs().inNamespace(namespace).withName(name).get();
  }

  private List<Job> probes() {
    return admin.resources(Job.class).inNamespace(namespace).list().getItems().stream()
        .filter(it -> !it.isMarkedForDeletion())
        .toList();
  }
}
