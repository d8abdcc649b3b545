package dev.naru.operator.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.crds.Lenient;
import dev.naru.crds.v1alpha1.ModelService;
import dev.naru.operator.Golden;
import dev.naru.operator.it.Samples;
import dev.naru.operator.template.Templates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ServingManifestsTest {

  private final ModelService price = identified(Samples.modelService());
  private final ModelService coverage = identified(full());

  @Test
  void theChildrenOfAnHttpServiceThatIsScaledByLoad() {
    var manifests = manifests(price);
    Golden.assertMatches(
        "model-deployment", manifests.deployment(Optional.empty(), "naru-worker:dev"));
    Golden.assertMatches("model-service", manifests.service());
    Golden.assertMatches("model-autoscaler", manifests.autoscaler().orElseThrow());
    Golden.assertMatches("model-disruptionbudget", manifests.disruptionBudget());
    Golden.assertMatches("model-serviceaccount", manifests.serviceAccount().orElseThrow());
    Golden.assertMatches(
        "model-networkpolicy", new TrafficManifests(price, resolved(price).pod()).policy());
  }

  @Test
  void theChildrenOfAGrpcServiceThatSaysEverythingItself() {
    var manifests = manifests(coverage);
    Golden.assertMatches(
        "model-grpc-deployment", manifests.deployment(Optional.empty(), "naru-worker:dev"));
    Golden.assertMatches("model-grpc-service", manifests.service());
    Golden.assertMatches(
        "model-grpc-networkpolicy",
        new TrafficManifests(coverage, resolved(coverage).pod()).policy());
    assertThat(manifests.autoscaler()).isEmpty();
    assertThat(manifests.serviceAccount()).as("another one is named").isEmpty();
    assertThat(ServingManifests.url(coverage)).isEqualTo("grpc://coverage-fee.rental:9000");
  }

  @Test
  void aCanaryIsTheSameUnderANameAndLabelsOfItsOwn() {
    var canary = new CanaryManifests(price, resolved(price));
    Golden.assertMatches("model-canary-deployment", canary.deployment(3, "naru-worker:dev"));
    Golden.assertMatches("model-canary-service", canary.service());
    var selector = canary.deployment(3, "naru-worker:dev").getSpec().getSelector().getMatchLabels();
    assertThat(
            manifests(price)
                .deployment(Optional.empty(), "naru-worker:dev")
                .getSpec()
                .getTemplate()
                .getMetadata()
                .getLabels())
        .as("pods that are rolled out are not the canary's")
        .doesNotContainEntry("naru.dev/track", selector.get("naru.dev/track"));
    assertThat(
            canary
                .deployment(3, "naru-worker:dev")
                .getSpec()
                .getTemplate()
                .getMetadata()
                .getLabels())
        .containsAllEntriesOf(selector)
        .containsAllEntriesOf(PodManifests.all(price))
        .containsEntry("naru.dev/revision", manifests(price).revision());
  }

  @Test
  void collectorsOfMetricsAreToldOfAllPodsAndKeepRevisionsApart() {
    var declared = changed("spec:\n", "spec:\n  metrics: {path: /stats/prometheus}\n");
    Golden.assertMatches("model-podmonitoring", scraped(declared).object(Collector.GOOGLE));
    Golden.assertMatches(
        "model-podmonitor", scraped(declared).object(Collector.PROMETHEUS_OPERATOR));
    assertThat(
            new CanaryManifests(price, resolved(price))
                .deployment(1, "naru-worker:dev")
                .getSpec()
                .getTemplate()
                .getMetadata()
                .getLabels())
        .as("a canary is read too")
        .containsAllEntriesOf(PodManifests.all(declared))
        .containsKeys("naru.dev/revision", "naru.dev/track");
  }

  @Test
  void metricsAreShownByTheDeclaredPortElseByOneThatIsCalledSoElseByTheFirst() {
    assertThat(MetricsEndpoint.of(price.getSpec()))
        .contains(new MetricsEndpoint("http", 8080, "/metrics"));
    assertThat(MetricsEndpoint.of(coverage.getSpec()))
        .contains(new MetricsEndpoint("metrics", 9100, "/stats"));
    var ports =
        "  ports: [{name: http, containerPort: 8080, protocol: HTTP}, {name: admin,"
            + " containerPort: 9200, protocol: HTTP}, {name: metrics, containerPort: 9100,"
            + " protocol: HTTP}]\n";
    assertThat(endpoint(ports)).contains(new MetricsEndpoint("metrics", 9100, "/metrics"));
    assertThat(endpoint(ports + "  metrics: {path: /m}\n"))
        .contains(new MetricsEndpoint("metrics", 9100, "/m"));
    assertThat(endpoint(ports + "  metrics: {port: admin}\n"))
        .contains(new MetricsEndpoint("admin", 9200, "/metrics"));
    assertThat(
            endpoint(
                "  ports: [{name: metrics, containerPort: 9000, protocol: GRPC}, {name: http,"
                    + " containerPort: 8080, protocol: HTTP}]\n"))
        .contains(new MetricsEndpoint("http", 8080, "/metrics"));
    assertThat(endpoint("  ports: [{name: grpc, containerPort: 9000, protocol: GRPC}]\n"))
        .isEmpty();
  }

  @Test
  void aRevisionIsNamedByItsPodsAlone() {
    var before = manifests(price).revision();
    assertThat(manifests(changed("maxReplicas: 5", "maxReplicas: 9")).revision()).isEqualTo(before);
    assertThat(manifests(changed("reservation", "billing")).revision()).isEqualTo(before);
    assertThat(manifests(changed("price:good", "price:better")).revision()).isNotEqualTo(before);
    assertThat(manifests(changed("\"soda_store\"", "\"other\"")).revision()).isNotEqualTo(before);
    assertThat(
            manifests(price)
                .deployment(Optional.of(true), "naru-worker:dev")
                .getSpec()
                .getTemplate())
        .isEqualTo(
            manifests(price)
                .deployment(Optional.empty(), "naru-worker:dev")
                .getSpec()
                .getTemplate());
  }

  @Test
  void aModelIsFetchedBeforeTheImageStartsAndAnotherReleaseOfNaruIsNoOtherRevision() {
    var fetched =
        changed(
            "spec:\n",
            "spec:\n  model: {uri: gs://models/price/7, checksum: \"crc32c:0a1b2c3d\"}\n");
    var manifests = manifests(fetched);
    Golden.assertMatches(
        "model-fetched-deployment", manifests.deployment(Optional.empty(), "naru-worker:dev"));
    var later = manifests.deployment(Optional.empty(), "naru-worker:next");
    assertThat(later.getSpec().getTemplate().getMetadata().getLabels())
        .containsEntry("naru.dev/revision", manifests.revision());
    assertThat(later.getSpec().getTemplate().getSpec().getInitContainers().getFirst().getImage())
        .isEqualTo("naru-worker:next");
    assertThat(
            manifests(
                    changed(
                        "spec:\n",
                        "spec:\n  model: {uri: gs://models/price/7, checksum: \"crc32c:0a1b2c3e\"}\n"))
                .revision())
        .as("another version is another revision")
        .isNotEqualTo(manifests.revision());
  }

  @Test
  void whatGitOpsToolsWriteOnTheParentStaysThere() {
    var tracked = identified(Samples.modelService());
    tracked.getMetadata().setLabels(Map.of("argocd.argoproj.io/instance", "rental"));
    tracked.getMetadata().setAnnotations(Map.of("argocd.argoproj.io/tracking-id", "rental:x"));
    assertThat(manifests(tracked).deployment(Optional.empty(), "naru-worker:dev"))
        .isEqualTo(manifests(price).deployment(Optional.empty(), "naru-worker:dev"));
  }

  @Test
  void aPodThatNobodyWaitsForHasNoHook() {
    var hurried = full();
    hurried =
        Samples.read(
            ModelService.class,
            Lenient.serialization().asYaml(hurried).replace("delay: \"15s\"", "delay: \"0s\""));
    var pod =
        manifests(identified(hurried))
            .deployment(Optional.empty(), "naru-worker:dev")
            .getSpec()
            .getTemplate()
            .getSpec();
    assertThat(pod.getContainers().getFirst().getLifecycle()).isNull();
    assertThat(pod.getTerminationGracePeriodSeconds()).isEqualTo(65);
  }

  private ModelService changed(String what, String into) {
    var yaml = Lenient.serialization().asYaml(price);
    assertThat(yaml).contains(what);
    return Samples.read(ModelService.class, yaml.replace(what, into));
  }

  private static Optional<MetricsEndpoint> endpoint(String spec) {
    return MetricsEndpoint.of(
        Samples.read(
                ModelService.class,
                "apiVersion: naru.dev/v1alpha1\nkind: ModelService\nmetadata: {name: price}\nspec:\n"
                    + "  image: any\n  replicas: 1\n"
                    + spec)
            .getSpec());
  }

  private static ScrapeManifests scraped(ModelService service) {
    return new ScrapeManifests(
        service, resolved(service).pod(), MetricsEndpoint.of(service.getSpec()).orElseThrow());
  }

  private static ServingManifests manifests(ModelService service) {
    return new ServingManifests(service, resolved(service));
  }

  static ServingResolution.Resolved resolved(ModelService service) {
    return (ServingResolution.Resolved)
        ServingResolver.resolve(service, new Templates(Optional.empty(), templates(service)));
  }

  private static List<dev.naru.crds.v1alpha1.WorkloadTemplate> templates(ModelService service) {
    if (service.getSpec().templateRef() == null) {
      return List.of();
    }
    var template = Samples.nightly();
    template.getMetadata().setName(service.getSpec().templateRef().name());
    return List.of(template);
  }

  static ModelService identified(ModelService service) {
    service.getMetadata().setNamespace("rental");
    service.getMetadata().setUid("11111111-2222-3333-4444-555555555555");
    service.getMetadata().setGeneration(1L);
    return service;
  }

  private static ModelService full() {
    try {
      return Samples.read(
          ModelService.class,
          Files.readString(Path.of("../crds/src/test/resources/valid/modelservice-full.yaml")));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
