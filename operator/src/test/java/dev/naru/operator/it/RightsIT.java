package dev.naru.operator.it;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.naru.crds.v1alpha1.Annotations;
import dev.naru.crds.v1alpha1.Backfill;
import dev.naru.crds.v1alpha1.Connection;
import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.IngestionJob;
import dev.naru.crds.v1alpha1.ModelService;
import dev.naru.operator.ingestion.RunLedger;
import dev.naru.operator.it.ControlPlane.Account;
import dev.naru.operator.it.TestOperator.Part;
import dev.naru.operator.metrics.Meters;
import dev.naru.operator.warehouse.WarehouseCheck;
import dev.naru.runfile.RunId;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GRPCRoute;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Every right is used. The test makes the operator do everything it does, and compares what the API
 * server's audit log saw with what the chart's roles grant. (That nothing is missing is seen by
 * every other test: they all run with these roles, and a refused request fails them.)
 */
@ExtendWith(LogOracle.class)
final class RightsIT {

  /** Granted, and never seen as a request of its own. */
  private static final Set<String> NOT_REQUESTS =
      Set.of(
          // asked by the API server's admission when a child names its owner: without it every
          // create of a child is refused, here as on OpenShift
          "update connections/finalizers.naru.dev",
          "update ingestionjobs/finalizers.naru.dev",
          "update modelservices/finalizers.naru.dev",
          // of the release before, whose pod still runs when an upgrade has changed the roles
          "patch leases.coordination.k8s.io");

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final ControlPlane plane = ControlPlane.get();
  private final KubernetesClient admin = plane.admin;
  private final String namespace = plane.unusedName();
  private final String label = "e2e.naru.dev/" + namespace;
  private long begin;

  @BeforeEach
  void look() throws IOException {
    plane.createNamespace(namespace, Map.of(label, "yes"));
    begin = Files.size(plane.auditLog);
  }

  @AfterEach
  void remove() {
    admin.namespaces().withName(namespace).delete();
  }

  @Test
  void everyRightIsUsed() {
    // of the two ways to be installed this one has all the rights there are
    GatewayApi.install(admin);
    PublishedDefinitions.MONITORING.install(admin);
    try (var _ = operator();
        var _ = new GatewayApi(admin, namespace)) {
      create(Samples.warehouse());
      create(Samples.connection());
      create(Samples.ingestionJob());
      create(Samples.nightly());
      create(Samples.dataMart());
      create(history());
      create(Samples.modelService());
      create(Samples.steppedService());
      Await.until("a Backfill that has ended goes", () -> backfills() == 0);

      Await.until("a first probe", () -> probe().isPresent());
      var first = probe().orElseThrow();
      request(Connection.class, "rental-db", Annotations.RUN_REQUESTED_AT, "again");
      Await.until("its successor", () -> probe().filter(it -> !it.equals(first)).isPresent());

      request(IngestionJob.class, "reservations", Annotations.RUN_REQUESTED_AT, "one");
      var run = "reservations-m-" + RunId.hash8("one");
      Await.until("the requested run", () -> job(run) != null);
      request(IngestionJob.class, "reservations", Annotations.CANCEL_REQUESTED_AT, "stop");
      Await.until("cancelled", () -> job(run).getSpec().getActiveDeadlineSeconds() == 1);

      takeName("reservations-m-" + RunId.hash8("two"));
      request(IngestionJob.class, "reservations", Annotations.RUN_REQUESTED_AT, "two");
      merge(DataMart.class, "store", "{\"spec\": {\"deletionPolicy\": \"Delete\"}}");
      Await.until("the mart is held", this::martIsHeld);
      merge(DataMart.class, "store", "{\"spec\": {\"deletionPolicy\": null}}");
      Await.until("and let go", () -> !martIsHeld());

      Await.until("the schedule is there", () -> cronJobs() == 1);
      merge(IngestionJob.class, "reservations", "{\"spec\": {\"schedule\": null}}");
      Await.until("the schedule is gone", () -> cronJobs() == 0);

      Await.until("the autoscaler is there", () -> autoscalers() == 1);
      merge(ModelService.class, "price", "{\"spec\": {\"replicas\": 1, \"autoscaling\": null}}");
      Await.until("the autoscaler is gone", () -> autoscalers() == 0);

      Await.until("the routes are there", () -> routes() == 2);
      merge(ModelService.class, "stepped", "{\"spec\": {\"image\": \"any:new\"}}");
      Await.until("the canary is there", () -> canaries() == 1);
      merge(ModelService.class, "stepped", "{\"spec\": {\"rollout\": null}}");
      Await.until("canary and routes are gone", () -> canaries() + routes() == 0);

      Await.until("collectors are told", () -> scraped() == 2);
      merge(ModelService.class, "stepped", "{\"spec\": {\"metrics\": null}}");
      Await.until("and no more", () -> scraped() == 0);

      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () ->
                  assertThat(unused())
                      .as("rights that nothing uses: give them up, or drive here what uses them")
                      .isEmpty());
    }
  }

  private TestOperator operator() {
    return new TestOperator(
        Map.of(
            "NARU_WATCH_NAMESPACE_SELECTOR",
            label,
            "NARU_LEADER_ELECTION",
            "true",
            "NARU_NAMESPACE",
            plane.home(Account.EVERYWHERE)),
        Account.EVERYWHERE,
        Tap.recording(),
        Clock.systemUTC(),
        new Meters("test", "none"),
        _ -> new WarehouseCheck.Answer.Usable(),
        (_, _) -> new RunLedger.Entry.Unknown("lost"),
        EnumSet.allOf(Part.class));
  }

  /** What is granted, less what the audit log has seen. */
  private Set<String> unused() {
    var unused = new TreeSet<String>();
    for (var rule : plane.granted(Account.EVERYWHERE)) {
      for (var resource : rule.getResources()) {
        rule.getVerbs()
            .forEach(verb -> unused.add(told(verb, resource, rule.getApiGroups().getFirst())));
      }
    }
    unused.removeAll(NOT_REQUESTS);
    unused.removeAll(used());
    return unused;
  }

  private Set<String> used() {
    try (var log = Files.newInputStream(plane.auditLog)) {
      log.skipNBytes(begin);
      return new String(log.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> line.contains(Account.EVERYWHERE.user()) && line.endsWith("}"))
          .map(RightsIT::read)
          .flatMap(RightsIT::verbs)
          .collect(toCollection(TreeSet::new));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An apply that finds nothing creates, and is asked for both rights. */
  private static Stream<String> verbs(JsonNode event) {
    var object = event.path("objectRef");
    var resource =
        object.path("resource").asText()
            + (object.has("subresource") ? "/" + object.path("subresource").asText() : "");
    var group = object.path("apiGroup").asText();
    var verb = event.path("verb").asText();
    var created = verb.equals("patch") && event.at("/responseStatus/code").asInt() == 201;
    return (created ? Stream.of(verb, "create") : Stream.of(verb))
        .map(it -> told(it, resource, group));
  }

  private static String told(String verb, String resource, String group) {
    return verb + " " + resource + (group.isEmpty() ? "" : "." + group);
  }

  private static JsonNode read(String line) {
    try {
      return MAPPER.readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A Job of somebody else with a name the operator will want. */
  private void takeName(String name) {
    create(
        new JobBuilder()
            .withNewMetadata()
            .withName(name)
            .endMetadata()
            .withNewSpec()
            .withSuspend(true)
            .withNewTemplate()
            .withNewSpec()
            .withRestartPolicy("Never")
            .addNewContainer()
            .withName("any")
            .withImage("any")
            .endContainer()
            .endSpec()
            .endTemplate()
            .endSpec()
            .build());
  }

  private Optional<String> probe() {
    return admin.resources(Job.class).inNamespace(namespace).list().getItems().stream()
        .map(it -> it.getMetadata().getName())
        .filter(it -> it.startsWith("rental-db"))
        .findFirst();
  }

  private Job job(String name) {
    return admin.resources(Job.class).inNamespace(namespace).withName(name).get();
  }

  private static Backfill history() {
    return Samples.read(
        Backfill.class,
        """
        apiVersion: naru.dev/v1alpha1
        kind: Backfill
        metadata: {name: history}
        spec:
          dataMartRef: {name: store}
          range: {from: "2026-01-01", to: "2026-01-02"}
          dryRun: true
          ttlAfterFinished: 1s
        """);
  }

  private int backfills() {
    return admin.resources(Backfill.class).inNamespace(namespace).list().getItems().size();
  }

  private boolean martIsHeld() {
    return admin
        .resources(DataMart.class)
        .inNamespace(namespace)
        .withName("store")
        .get()
        .hasFinalizer("naru.dev/delete-tables");
  }

  private int autoscalers() {
    return admin
        .autoscaling()
        .v2()
        .horizontalPodAutoscalers()
        .inNamespace(namespace)
        .list()
        .getItems()
        .size();
  }

  private int routes() {
    return admin.resources(HTTPRoute.class).inNamespace(namespace).list().getItems().size()
        + admin.resources(GRPCRoute.class).inNamespace(namespace).list().getItems().size();
  }

  private int scraped() {
    return Stream.of("monitoring.googleapis.com/PodMonitoring", "monitoring.coreos.com/PodMonitor")
        .map(it -> it.split("/", -1))
        .mapToInt(
            it ->
                admin
                    .genericKubernetesResources(it[0] + "/v1", it[1])
                    .inNamespace(namespace)
                    .list()
                    .getItems()
                    .size())
        .sum();
  }

  private int canaries() {
    return admin
        .apps()
        .deployments()
        .inNamespace(namespace)
        .withLabel("naru.dev/track", "canary")
        .list()
        .getItems()
        .size();
  }

  private int cronJobs() {
    return admin.batch().v1().cronjobs().inNamespace(namespace).list().getItems().size();
  }

  private void request(
      Class<? extends HasMetadata> kind, String name, String annotation, String token) {
    merge(
        kind,
        name,
        "{\"metadata\": {\"annotations\": {\"%s\": \"%s\"}}}".formatted(annotation, token));
  }

  private void merge(Class<? extends HasMetadata> kind, String name, String patch) {
    admin
        .resources(kind)
        .inNamespace(namespace)
        .withName(name)
        .patch(PatchContext.of(PatchType.JSON_MERGE), patch);
  }

  private void create(HasMetadata resource) {
    resource.getMetadata().setNamespace(namespace);
    admin.resource(resource).create();
  }
}
