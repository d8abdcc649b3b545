package dev.naru.operator.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.crds.Lenient;
import dev.naru.crds.v1alpha1.Condition;
import dev.naru.crds.v1alpha1.ModelService;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What tells collectors of metrics about a service, on a real API server; the node is played. */
@ExtendWith(StateOracle.class)
final class ScrapeIT {

  private static final String NAME = "price";

  /** After it the operator looks again whether the cluster has a collector. */
  private static final Duration A_WHILE = Duration.ofMinutes(2);

  @RegisterExtension final LogOracle oracle = new LogOracle();

  private final KubernetesClient admin = ControlPlane.get().admin;
  private final ShiftedClock clock = new ShiftedClock();
  private final Tap tap = Tap.recording();
  private String namespace;
  private ServingNode node;
  private TestOperator operator;

  @BeforeEach
  void start() {
    PublishedDefinitions.MONITORING.install(admin);
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
  void collectorsAreToldOfTheServiceAsLongAsItShowsMetrics() throws Exception {
    create(service("  metrics: {port: http}\n"));
    serving();
    var google = podMonitoring().orElseThrow();
    var prometheus = podMonitor().orElseThrow();
    for (var object : List.of(google, prometheus)) {
      assertThat(object.getMetadata().getOwnerReferences())
          .singleElement()
          .satisfies(it -> assertThat(it.getUid()).isEqualTo(stored().getMetadata().getUid()));
      assertThat(object.<Map<String, String>>get("spec", "selector", "matchLabels"))
          .as("of every pod, whatever its revision")
          .isEqualTo(Map.of("naru.dev/kind", "ModelService", "naru.dev/name", NAME));
    }
    assertThat(google.<String>get("spec", "endpoints", 0, "port")).isEqualTo("http");
    assertThat(prometheus.<String>get("spec", "podMetricsEndpoints", 0, "path"))
        .isEqualTo("/metrics");
    assertThat(stored().getStatus().effective()).containsEntry("spec.metrics.path", "/metrics");
    atRest();

    merge("{\"spec\": {\"metrics\": null}}");
    Await.until("no collector is told", () -> podMonitoring().or(this::podMonitor).isEmpty());
    serving();
    atRest();
    tap.drain();
    var before = operator.reconciles("ModelService");
    wake();
    Await.until("reconciled", () -> operator.reconciles("ModelService") > before);
    assertThat(tap.requests)
        .as("nobody asks for what cannot be there")
        .noneMatch(it -> it.contains("/podmonitor"));
  }

  @Test
  void whatIsChangedByHandIsRepairedAndWhatIsDeletedIsMadeAgain() throws Exception {
    create(service("  metrics: {}\n"));
    serving();
    patch(
        "monitoring.googleapis.com/v1",
        "PodMonitoring",
        "{\"endpoints\": [{\"port\": \"other\", \"interval\": \"10s\"}]}");
    patch(
        "monitoring.coreos.com/v1",
        "PodMonitor",
        "{\"podMetricsEndpoints\": [{\"port\": \"other\"}]}");
    wake();
    Await.until(
        "repaired",
        () ->
            "http".equals(podMonitoring().orElseThrow().get("spec", "endpoints", 0, "port"))
                && "http"
                    .equals(
                        podMonitor().orElseThrow().get("spec", "podMetricsEndpoints", 0, "port")));
    Await.until(
        "told",
        () ->
            repairs()
                .containsAll(
                    List.of(
                        "PodMonitoring price was changed by someone else and is as declared again; change the ModelService instead",
                        "PodMonitor price was changed by someone else and is as declared again; change the ModelService instead")));
    admin.resource(podMonitor().orElseThrow()).delete();
    wake();
    Await.until("made again", () -> podMonitor().isPresent());
    serving();
    atRest();
  }

  @Test
  void aCollectorMayComeAndGo() throws Exception {
    PublishedDefinitions.MONITORING.remove(admin);
    create(service("  metrics: {port: http}\n"));
    serving();
    assertThat(condition("Stalled")).isEmpty();
    atRest();

    PublishedDefinitions.MONITORING.install(admin);
    later();
    Await.until("told", () -> podMonitoring().isPresent() && podMonitor().isPresent());
    assertThat(repairs()).as("they were never there").isEmpty();

    // the operator still believes that they are served
    PublishedDefinitions.MONITORING.remove(admin);
    var before = operator.reconciles("ModelService");
    wake();
    Await.until("reconciled", () -> operator.reconciles("ModelService") > before);
    atRest();
    assertThat(ready().reason()).isEqualTo("Serving");
    merge("{\"spec\": {\"metrics\": null}}");
    serving();
    merge("{\"spec\": {\"metrics\": {}}}");
    serving();
    assertThat(condition("Stalled")).isEmpty();

    PublishedDefinitions.MONITORING.install(admin);
    later();
    Await.until("told again", () -> podMonitoring().isPresent() && podMonitor().isPresent());
    // a kind that is about to go refuses what is made anew, and calls it forbidden
    tap.forbidden().removeIf(it -> it.contains("/podmonitor"));
  }

  @Test
  void anObjectOfSomebodyElseIsLeftAloneAndHoldsUpNothingElse() {
    var foreign =
        Samples.read(
            GenericKubernetesResource.class,
            """
            apiVersion: monitoring.googleapis.com/v1
            kind: PodMonitoring
            metadata: {name: price}
            spec:
              selector: {matchLabels: {app: price}}
              endpoints: [{port: http, interval: 10s}]
            """);
    create(foreign);
    create(service("  metrics: {port: http}\n"));
    Await.until("told", () -> ready().reason().equals("NameTaken"));
    assertThat(ready().message()).startsWith("PodMonitoring price exists in this namespace");
    Await.until(
        "it answers", () -> ready().status() == dev.naru.crds.v1alpha1.ConditionStatus.TRUE);
    assertThat(podMonitoring().orElseThrow().<String>get("spec", "endpoints", 0, "interval"))
        .isEqualTo("10s");
    assertThat(podMonitor()).isPresent();

    merge("{\"spec\": {\"metrics\": null}}");
    serving();
    assertThat(podMonitoring()).as("not ours").isPresent();
    assertThat(podMonitor()).as("ours").isEmpty();
  }

  private static ModelService service(String metrics) {
    return Samples.read(
        ModelService.class, Lenient.serialization().asYaml(Samples.modelService()) + metrics);
  }

  private void create(HasMetadata resource) {
    resource.getMetadata().setNamespace(namespace);
    admin.resource(resource).create();
  }

  private void serving() {
    Await.until(
        "serving",
        () ->
            ready().reason().equals("Serving")
                && stored().getMetadata().getGeneration().equals(ready().observedGeneration()));
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

  private void later() {
    clock.advance(A_WHILE);
    wake();
  }

  private void wake() {
    merge(
        "{\"metadata\": {\"annotations\": {\"naru.dev/run-requested-at\": \"%d\"}}}"
            .formatted(System.nanoTime()));
  }

  private void merge(String patch) {
    admin.resource(stored()).patch(PatchContext.of(PatchType.JSON_MERGE), patch);
  }

  private void patch(String apiVersion, String kind, String spec) {
    admin
        .genericKubernetesResources(apiVersion, kind)
        .inNamespace(namespace)
        .withName(NAME)
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\": " + spec + "}");
  }

  private Optional<GenericKubernetesResource> podMonitoring() {
    return find("monitoring.googleapis.com/v1", "PodMonitoring");
  }

  private Optional<GenericKubernetesResource> podMonitor() {
    return find("monitoring.coreos.com/v1", "PodMonitor");
  }

  private Optional<GenericKubernetesResource> find(String apiVersion, String kind) {
    return Optional.ofNullable(
        admin
            .genericKubernetesResources(apiVersion, kind)
            .inNamespace(namespace)
            .withName(NAME)
            .get());
  }

  private List<String> repairs() {
    return admin.v1().events().inNamespace(namespace).list().getItems().stream()
        .filter(it -> it.getReason().equals("Repaired"))
        .map(it -> it.getMessage())
        .toList();
  }

  private ModelService stored() {
    return admin.resources(ModelService.class).inNamespace(namespace).withName(NAME).get();
  }

  private Condition ready() {
    return condition("Ready").orElseThrow();
  }

  private Optional<Condition> condition(String type) {
    return stored().getStatus().conditions().stream()
        .filter(it -> it.type().equals(type))
        .findFirst();
  }
}
