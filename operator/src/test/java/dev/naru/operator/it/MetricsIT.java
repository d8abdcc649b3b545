package dev.naru.operator.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.crds.Lenient;
import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.IngestionJob;
import dev.naru.crds.v1alpha1.ModelService;
import dev.naru.crds.v1alpha1.RunOutcome;
import dev.naru.operator.ingestion.RunLedger;
import dev.naru.operator.metrics.BigQueryRequests;
import dev.naru.operator.metrics.Label;
import dev.naru.operator.metrics.Meters;
import dev.naru.operator.metrics.Metric;
import dev.naru.operator.warehouse.BigQueryCheck;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the operator exposes is what the catalogue says, and no restart counts anything twice. */
@ExtendWith(LogOracle.class)
final class MetricsIT {

  private static final Pattern SAMPLE = Pattern.compile("([a-z0-9_]+)(?:\\{(.*)})? (\\S+)");
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"([^\"]*)\"");

  private final KubernetesClient admin = ControlPlane.get().admin;
  private String namespace;
  private TestOperator operator;

  /** One line of a scrape. */
  private record Sample(String series, Map<String, String> labels, double value) {}

  @BeforeEach
  void start() {
    namespace = ControlPlane.get().namespace();
    operator = operator(Clock.systemUTC());
  }

  @AfterEach
  void stop() {
    operator.close();
    admin.namespaces().withName(namespace).delete();
  }

  @Test
  void everythingExposedIsInTheCatalogueAndTheOtherWayRound() {
    runOnce(0, Samples.published(7));
    runOnce(1, Samples.failed());
    runMart();
    rollOut();
    // a collection happens when it must; here it is asked for
    System.gc();
    Await.until("a collection was seen", () -> operator.scrape().contains("jvm_gc_pause_seconds_"));

    var samples = samples();

    var exposed = new TreeSet<Metric>();
    for (var sample : samples) {
      var metric =
          Metric.ofSeries(sample.series())
              .orElseThrow(() -> new AssertionError(sample + " is not in the catalogue"));
      exposed.add(metric);
      var labels = new TreeSet<>(sample.labels().keySet());
      labels.remove("le");
      assertThat(labels)
          .as("labels of %s", sample.series())
          .containsExactlyInAnyOrderElementsOf(metric.labels().stream().map(Label::key).toList());
      metric
          .labels()
          .forEach(
              label ->
                  label
                      .allowed()
                      .ifPresent(
                          allowed ->
                              assertThat(sample.labels().get(label.key()))
                                  .as("%s of %s", label.key(), sample.series())
                                  .isIn(allowed)));
    }
    assertThat(exposed)
        .as("metrics of the catalogue that are exposed")
        .containsExactlyInAnyOrderElementsOf(EnumSet.allOf(Metric.class));
    assertThat(requestedRuns("IngestionJob", "succeeded")).isEqualTo(1);
    assertThat(requestedRuns("IngestionJob", "failed")).isEqualTo(1);
    assertThat(requestedRuns("DataMart", "succeeded")).isEqualTo(1);
    assertThat(value("naru_run_failures_total", "reason", "TableNotFound")).isEqualTo(1);
    assertThat(value("naru_run_rows_total", "kind", "IngestionJob")).isEqualTo(7);
    assertThat(value("naru_run_bytes_total", "kind", "IngestionJob")).isEqualTo(70);
    assertThat(value("naru_mart_table_bytes", "resource_name", "store", "table", "cars"))
        .isEqualTo(value("naru_run_bytes_total", "kind", "DataMart"))
        .isPositive();
    assertThat(value("naru_rollouts_ended_total", "result", "succeeded")).isEqualTo(1);
    assertThat(value("naru_rollouts", "phase", "settled")).isEqualTo(1);
    assertThat(value("naru_rollout_canary_percent", "resource_name", "price")).isZero();
    assertThat(value("naru_leader")).isEqualTo(1);
    assertThat(
            value(
                "naru_resource_conditions",
                "condition",
                "RunHealthy",
                "status",
                "False",
                "reason",
                "TableNotFound"))
        .isEqualTo(1);
    assertThat(value("naru_resource_healthy", "resource_name", "reservations")).isEqualTo(0);
    assertThat(value("naru_resource_last_success_rows", "kind", "IngestionJob")).isEqualTo(7);
    assertThat(value("naru_reconcile_queue", "kind", "IngestionJob")).isEqualTo(0);
    assertThat(value("naru_reconcile_running", "kind", "IngestionJob")).isEqualTo(0);
    assertThat(
            value("naru_api_requests_total", "resource", "ingestionjobs/status", "verb", "patch"))
        .isPositive();
  }

  @Test
  void aRestartCountsNoRunAgainAndShowsTheFleetAtOnce() {
    runOnce(0, Samples.published(7));
    var before = value("naru_resource_data_through_timestamp_seconds");
    operator.close();

    operator = operator(Clock.systemUTC());
    Await.until("reconciled", () -> operator.reconciles("IngestionJob") > 0);

    assertThat(value("naru_runs_total", "trigger", "request", "result", "succeeded")).isEqualTo(0);
    assertThat(value("naru_run_rows_total")).isEqualTo(0);
    assertThat(value("naru_resource_data_through_timestamp_seconds"))
        .isEqualTo(before)
        .isPositive();
    assertThat(value("naru_resources", "kind", "IngestionJob")).isEqualTo(1);
  }

  @Test
  void aJobIsLateWhenItsScheduleFiredItsTimeoutIsOverAndNothingSucceeded() {
    runOnce(0, Samples.published(7));
    assertThat(value("naru_resources_late", "kind", "IngestionJob")).isEqualTo(0);
    operator.close();

    // its schedule fires on 1 January; its timeout is the default of four hours
    operator = operator(Clock.offset(Clock.systemUTC(), Duration.ofDays(367)));

    assertThat(value("naru_resources_late", "kind", "IngestionJob")).isEqualTo(1);
    assertThat(value("naru_resource_late", "resource_name", "reservations")).isEqualTo(1);
    assertThat(value("naru_data_lag_max_seconds", "kind", "IngestionJob"))
        .isGreaterThan((double) Duration.ofDays(367).toSeconds());
  }

  private void runOnce(int round, Object result) {
    if (round == 0) {
      apply(Samples.warehouse());
      apply(Samples.connection());
      apply(Samples.ingestionJob());
      Await.until(
          "realised", () -> job().getStatus() != null && job().getStatus().runFile() != null);
    }
    admin
        .resource(job())
        .edit(
            it -> {
              it.getMetadata().getAnnotations().put("naru.dev/run-requested-at", "t" + round);
              return it;
            });
    Await.until("the requested Job", () -> requested().size() == round + 1);
    var failed = result.equals(Samples.failed());
    new Kubelet(admin, namespace)
        .ends(requested().getLast().getMetadata().getName(), failed ? 10 : 0, result);
    var expected = failed ? RunOutcome.FAILED : RunOutcome.SUCCEEDED;
    Await.until(
        "the run is recorded",
        () -> job().getStatus().history().stream().anyMatch(it -> it.result() == expected));
    Await.until(
        "the run is counted",
        () -> value("naru_runs_total", "result", failed ? "failed" : "succeeded") > 0);
  }

  private void runMart() {
    apply(
        Samples.read(
            DataMart.class,
            """
            apiVersion: naru.dev/v1alpha1
            kind: DataMart
            metadata: {name: store, annotations: {naru.dev/run-requested-at: t0}}
            spec:
              warehouseRef: {name: main}
              dataset: {name: store}
              tables: [{name: cars, sql: {inline: "SELECT 1 AS car"}}]
            """));
    Await.until(
        "the mart's run is counted",
        () ->
            !find("naru_runs_total", "kind", "DataMart", "result", "succeeded").isEmpty()
                && requestedRuns("DataMart", "succeeded") > 0);
  }

  /** Two revisions of a service, the second one by steps. */
  private void rollOut() {
    GatewayApi.install(admin);
    var service =
        Samples.read(
            ModelService.class,
            Lenient.serialization().asYaml(Samples.modelService())
                + "  rollout: {gatewayRef: {name: public}, steps: [100], interval: 10s}\n");
    try (var _ = new ServingNode(admin, namespace);
        var _ = new GatewayApi(admin, namespace)) {
      apply(service);
      Await.until(
          "serving",
          () ->
              !find("naru_resource_conditions", "condition", "Ready", "reason", "Serving")
                  .isEmpty());
      admin
          .resource(service)
          .patch(
              PatchContext.of(PatchType.JSON_MERGE),
              "{\"spec\": {\"image\": \"registry.example.com/models/price:better\"}}");
      Await.until("under way", () -> value("naru_rollout_canary_percent") == 100);
      assertThat(value("naru_rollouts", "phase", "settled")).isZero();
      Await.until("ended", () -> value("naru_rollouts_ended_total") == 1);
    }
  }

  private double requestedRuns(String kind, String result) {
    return value("naru_runs_total", "kind", kind, "trigger", "request", "result", result);
  }

  private List<Job> requested() {
    return admin.resources(Job.class).inNamespace(namespace).list().getItems().stream()
        .filter(it -> it.getMetadata().getName().contains("reservations-m-"))
        .sorted(java.util.Comparator.comparing(it -> it.getMetadata().getCreationTimestamp()))
        .toList();
  }

  private IngestionJob job() {
    return admin
        .resources(IngestionJob.class)
        .inNamespace(namespace)
        .withName("reservations")
        .get();
  }

  private void apply(HasMetadata resource) {
    resource.getMetadata().setNamespace(namespace);
    admin.resource(resource).create();
  }

  /** The sum of a series over all label values but these. */
  private double value(String series, String... labels) {
    var found = find(series, labels);
    assertThat(found).as("%s with %s", series, List.of(labels)).isNotEmpty();
    return found.stream().mapToDouble(Sample::value).sum();
  }

  private List<Sample> find(String series, String... labels) {
    var wanted = new TreeMap<String, String>();
    for (var i = 0; i < labels.length; i += 2) {
      wanted.put(labels[i], labels[i + 1]);
    }
    return samples().stream()
        .filter(it -> it.series().equals(series))
        .filter(it -> it.labels().entrySet().containsAll(wanted.entrySet()))
        .toList();
  }

  private List<Sample> samples() {
    var samples = new ArrayList<Sample>();
    for (var line : operator.scrape().lines().filter(it -> !it.startsWith("#")).toList()) {
      var match = SAMPLE.matcher(line);
      assertThat(match.matches()).as(line).isTrue();
      var labels = new TreeMap<String, String>();
      if (match.group(2) != null) {
        LABEL.matcher(match.group(2)).results().forEach(it -> labels.put(it.group(1), it.group(2)));
      }
      samples.add(new Sample(match.group(1), labels, Double.parseDouble(match.group(3))));
    }
    return samples;
  }

  private TestOperator operator(Clock clock) {
    var meters = new Meters("test", "none");
    return new TestOperator(
        namespace,
        Tap.recording(),
        clock,
        meters,
        new BigQueryCheck(new BigQueryRequests(meters), clock),
        (_, _) -> new RunLedger.Entry.Unknown("nobody should ask"),
        EnumSet.allOf(TestOperator.Part.class),
        Optional.empty());
  }
}
