package dev.naru.operator.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.crds.Lenient;
import dev.naru.crds.v1alpha1.Condition;
import dev.naru.crds.v1alpha1.ConditionStatus;
import dev.naru.crds.v1alpha1.ModelService;
import dev.naru.crds.v1alpha1.RolloutPhase;
import dev.naru.crds.v1alpha1.RolloutStatus;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPBackendRef;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A rollout by steps on a real API server; node, metrics and Gateway are played. */
@ExtendWith(StateOracle.class)
final class RolloutIT {

  private static final String NAME = "price";

  @RegisterExtension final LogOracle oracle = new LogOracle();

  private final KubernetesClient admin = ControlPlane.get().admin;
  private final Tap tap = Tap.recording();
  private String namespace;
  private ServingNode node;
  private GatewayApi gateway;
  private TestOperator operator;

  @BeforeEach
  void start() {
    GatewayApi.install(admin);
    namespace = ControlPlane.get().namespace();
    node = new ServingNode(admin, namespace);
    gateway = new GatewayApi(admin, namespace);
    operator = TestOperator.models(namespace, tap, new ShiftedClock());
  }

  @AfterEach
  void stop() {
    operator.close();
    gateway.close();
    node.close();
    admin.namespaces().withName(namespace).delete();
  }

  @Test
  void aGoodRevisionTakesItsStepsAndIsRolledOut() {
    create("steps: [20, 100]", "interval: 10s", "analysis: {minRequests: 500}");
    serving();
    var first = service().getStatus().revision();
    assertThat(weights()).containsExactly(Map.entry("price", 100));

    merge(image("better"));
    Await.until("the first step", () -> weights().size() == 2);
    var second = service().getStatus().next().revision();
    assertThat(weights()).containsOnly(Map.entry("price", 80), Map.entry("price-" + second, 20));
    assertThat(deployment().getSpec().getPaused()).as("the old one stays").isTrue();
    assertThat(canaries()).containsExactly("price-" + second);
    Await.until("told", () -> ready().reason().equals("RollingOut"));
    assertThat(ready().status()).isEqualTo(ConditionStatus.TRUE);
    assertThat(service().getStatus().revision()).isEqualTo(first);

    Await.until(
        "the last step", () -> Integer.valueOf(100).equals(weights().get("price-" + second)));
    serving();
    Await.until("no canary is left", () -> canaries().isEmpty());
    assertThat(weights()).containsExactly(Map.entry("price", 100));
    assertThat(service().getStatus().revision()).isEqualTo(second);
    assertThat(deployment().getSpec().getPaused()).isNotEqualTo(true);
    assertThat(admin.services().inNamespace(namespace).withName("price-" + second).get()).isNull();
    atRest();
  }

  @Test
  void aRevisionThatFailsIsTakenBackUntilAnotherOneIsDeclared() {
    create("steps: [20, 100]", "interval: 1h", "analysis: {minRequests: 500}");
    serving();
    var good = service().getStatus().revision();

    merge(image("errors"));
    Await.until("rolled back", () -> ready().reason().equals("RolledBack"));
    assertThat(ready().status()).as("users are served").isEqualTo(ConditionStatus.TRUE);
    assertThat(condition("Stalled")).isPresent();
    assertThat(ready().message()).contains("maxErrorPercent: 1", "Revision " + good + " answers");
    Await.until("no canary is left", () -> canaries().isEmpty());
    assertThat(weights()).containsExactly(Map.entry("price", 100));
    assertThat(service().getStatus().revision()).isEqualTo(good);
    assertThat(service().getSpec().image()).as("spec is Git's").endsWith(":errors");
    atRest();

    merge(image("good"));
    serving();
    assertThat(service().getStatus().revision()).isEqualTo(good);
    assertThat(condition("Stalled")).isEmpty();
  }

  @Test
  void whatWasTakenBackAndTriedAgainIsToldEachTimeAndNothingIsRepaired() {
    create("steps: [20, 100]", "interval: 1h", "analysis: {minRequests: 500}");
    serving();
    merge(image("errors"));
    Await.until("rolled back", () -> told("RolledBack") == 1 && canaries().isEmpty());
    ask("naru.dev/continue-requested-at");
    Await.until("rolled back again", () -> told("RolledBack") == 2 && canaries().isEmpty());
    assertThat(told("Repaired")).isZero();
  }

  @Test
  void aRevisionWhoseImageIsNotThereNeverGetsARequest() {
    create("steps: [20, 100]", "interval: 10s");
    serving();
    merge(image("pull"));
    Await.until("rolled back", () -> ready().reason().equals("RolledBack"));
    assertThat(ready().message()).contains("manifest unknown");
    assertThat(weights()).containsExactly(Map.entry("price", 100));
  }

  @Test
  void aPersonMayHoldGoOnAndRollBack() {
    create("steps: [20, 50, 100]", "interval: 1h");
    serving();
    merge(image("better"));
    Await.until(
        "the first step",
        () -> rollout().map(RolloutStatus::step).filter(it -> it == 0).isPresent());
    ask("naru.dev/hold-requested-at");
    Await.until("held", () -> phase() == RolloutPhase.HELD);
    ask("naru.dev/continue-requested-at");
    Await.until(
        "the second step",
        () -> rollout().map(RolloutStatus::step).filter(it -> it == 1).isPresent());
    assertThat(phase()).isEqualTo(RolloutPhase.RUNNING);
    admin
        .network()
        .v1()
        .networkPolicies()
        .inNamespace(namespace)
        .withName(NAME)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE), "{\"metadata\": {\"ownerReferences\": null}}");
    ask("naru.dev/rollback-requested-at");
    Await.until("rolled back", () -> phase() == RolloutPhase.ROLLED_BACK);
    Await.until("all to the old one", () -> weights().equals(Map.of("price", 100)));
    Await.until("told", () -> ready().reason().equals("NameTaken"));
    assertThat(rollout().map(RolloutStatus::percent)).as("whatever else is wrong").contains(0);
  }

  @Test
  void aStatusThatIsWipedInTheMiddleCostsTheStepsAndNothingElse() {
    create("steps: [20, 50, 100]", "interval: 1h");
    serving();
    var first = service().getStatus().revision();
    merge(image("better"));
    Await.until(
        "the first step",
        () -> rollout().map(RolloutStatus::step).filter(it -> it == 0).isPresent());
    ask("naru.dev/continue-requested-at");
    Await.until("the second step", () -> weights().containsValue(50));

    wipe();
    merge(
        "{\"metadata\": {\"annotations\": {\"naru.dev/continue-requested-at\": null, \"e2e\": \"wake\"}}}");

    Await.until("the first step again", () -> weights().containsValue(20));
    assertThat(deployment().getSpec().getPaused()).isTrue();
    assertThat(service().getStatus().revision()).isEqualTo(first);
  }

  @Test
  void whoHasNotHeardOfAVerdictGivesNoShareBack() {
    create("steps: [20, 100]", "interval: 1h");
    serving();
    merge(image("better"));
    Await.until(
        "the first step",
        () -> rollout().map(RolloutStatus::since).isPresent() && weights().size() == 2);
    tap.deafen("modelservices");
    var asked = "GET /apis/naru.dev/v1alpha1/namespaces/%s/modelservices".formatted(namespace);

    // as another operator does it, whose verdict it is
    admin
        .resource(service())
        .subresource("status")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"status\": {\"rollout\": {\"phase\": \"RolledBack\", \"step\": null, \"since\": null, \"percent\": 0, \"why\": \"it fails\"}}}");
    tap.drain();
    route(Map.of(NAME, 100));
    Await.until("asked twice", () -> tap.requests.stream().filter(asked::equals).count() >= 2);
    assertThat(weights()).isEqualTo(Map.of(NAME, 100));
    assertThat(tap.writes()).filteredOn(it -> it.contains("/httproutes/")).isEmpty();
  }

  @Test
  void aRouteThatIsChangedByHandIsRepaired() {
    create("steps: [20, 100]");
    serving();
    route(Map.of(NAME, 100, "other", 50));
    ask("naru.dev/run-requested-at");
    Await.until("repaired", () -> weights().equals(Map.of("price", 100)));
  }

  @Test
  void theGatewayApiMayComeAndGo() {
    GatewayApi.remove(admin);
    create("steps: [20, 100]", "interval: 10s");
    Await.until(
        "told",
        () ->
            ready().reason().equals("GatewayApiMissing")
                && ready().status() == ConditionStatus.TRUE);
    assertThat(condition("Stalled")).isPresent();
    assertThat(ready().message()).contains("spec.rollout", "install the Gateway API");
    var first = service().getStatus().revision();
    merge(image("better"));
    Await.until("seen", () -> ready().observedGeneration() == 2L);
    Await.until(
        "nothing is rolled out unproven",
        () -> Boolean.TRUE.equals(deployment().getSpec().getPaused()));
    assertThat(service().getStatus().revision()).isEqualTo(first);

    GatewayApi.install(admin);
    ask("naru.dev/run-requested-at");
    Await.until("the steps begin", () -> weights().size() == 2);

    GatewayApi.remove(admin);
    ask("naru.dev/run-requested-at");
    Await.until("told again", () -> ready().reason().equals("GatewayApiMissing"));

    GatewayApi.install(admin);
    ask("naru.dev/run-requested-at");
    serving();
    assertThat(service().getStatus().image()).endsWith(":better");
  }

  @Test
  void withoutStepsAnyMoreTheRevisionIsRolledOutPodByPod() {
    create("steps: [20, 100]", "interval: 1h");
    serving();
    merge(image("better"));
    Await.until("the first step", () -> weights().size() == 2);
    merge("{\"spec\": {\"rollout\": null}}");
    serving();
    assertThat(service().getStatus().image()).endsWith(":better");
    assertThat(rollout()).isEmpty();
    Await.until("no canary is left", () -> canaries().isEmpty());
    Await.until("no route is left", () -> route().isEmpty());
    atRest();
  }

  @Test
  void withoutStepsAnyMoreNoRouteIsLeftAlsoWhenTheStatusWasWiped() {
    create("steps: [20, 100]", "interval: 1h");
    serving();
    merge(image("better"));
    Await.until("the first step", () -> weights().size() == 2);
    wipe();
    merge("{\"spec\": {\"rollout\": null}}");
    serving();
    Await.until("no route is left", () -> route().isEmpty());
    Await.until("no canary is left", () -> canaries().isEmpty());
  }

  private void route(Map<String, Integer> weights) {
    var backends =
        weights.entrySet().stream()
            .map(
                it ->
                    "{\"name\": \"%s\", \"port\": 8080, \"weight\": %d}"
                        .formatted(it.getKey(), it.getValue()))
            .collect(Collectors.joining(", "));
    admin
        .resources(HTTPRoute.class)
        .inNamespace(namespace)
        .withName(NAME)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"spec\": {\"rules\": [{\"backendRefs\": [%s]}]}}".formatted(backends));
  }

  private void create(String... rollout) {
    var yaml =
        Lenient.serialization()
            .asYaml(Samples.modelService())
            .replaceFirst("(?m)^  autoscaling:\n(    .*\n)+", "  replicas: 2\n");
    var service =
        Samples.read(
            ModelService.class,
            yaml
                + "  rollout: {gatewayRef: {name: public}, %s}\n"
                    .formatted(String.join(", ", rollout)));
    service.getMetadata().setNamespace(namespace);
    admin.resource(service).create();
  }

  private void serving() {
    Await.until(
        "serving",
        () ->
            ready().reason().equals("Serving")
                && service().getMetadata().getGeneration().equals(ready().observedGeneration()));
  }

  private void atRest() {
    Await.until(
        "at rest",
        () -> {
          tap.drain();
          // longer than the pause between two looks at a rollout
          Thread.sleep(6_000);
          return tap.writes().isEmpty();
        });
  }

  private void wipe() {
    admin
        .resource(service())
        .subresource("status")
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"status\": null}");
  }

  private long told(String reason) {
    return admin.v1().events().inNamespace(namespace).list().getItems().stream()
        .filter(it -> it.getInvolvedObject().getKind().equals("ModelService"))
        .filter(it -> it.getReason().equals(reason))
        .count();
  }

  private void ask(String annotation) {
    merge(
        "{\"metadata\": {\"annotations\": {\"%s\": \"%d\"}}}"
            .formatted(annotation, System.nanoTime()));
  }

  private static String image(String tag) {
    return "{\"spec\": {\"image\": \"registry.example.com/models/price:%s\"}}".formatted(tag);
  }

  private void merge(String patch) {
    admin.resource(service()).patch(PatchContext.of(PatchType.JSON_MERGE), patch);
  }

  private Optional<HTTPRoute> route() {
    return Optional.ofNullable(
        admin.resources(HTTPRoute.class).inNamespace(namespace).withName(NAME).get());
  }

  private Map<String, Integer> weights() {
    var weights = new HashMap<String, Integer>();
    route().stream()
        .flatMap(it -> it.getSpec().getRules().stream())
        .flatMap(it -> it.getBackendRefs().stream())
        .forEach((HTTPBackendRef it) -> weights.put(it.getName(), it.getWeight()));
    return weights;
  }

  private List<String> canaries() {
    return admin
        .apps()
        .deployments()
        .inNamespace(namespace)
        .withLabel("naru.dev/track", "canary")
        .list()
        .getItems()
        .stream()
        .map(it -> it.getMetadata().getName())
        .toList();
  }

  private Deployment deployment() {
    return admin.apps().deployments().inNamespace(namespace).withName(NAME).get();
  }

  private ModelService service() {
    return admin.resources(ModelService.class).inNamespace(namespace).withName(NAME).get();
  }

  private Optional<RolloutStatus> rollout() {
    return Optional.ofNullable(service().getStatus().rollout());
  }

  private RolloutPhase phase() {
    return rollout().map(RolloutStatus::phase).orElse(RolloutPhase.UNKNOWN);
  }

  private Condition ready() {
    return condition("Ready").orElseThrow();
  }

  private Optional<Condition> condition(String type) {
    return service().getStatus().conditions().stream()
        .filter(it -> it.type().equals(type))
        .findFirst();
  }
}
