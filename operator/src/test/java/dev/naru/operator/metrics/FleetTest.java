package dev.naru.operator.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.ModelService;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Clock;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class FleetTest {

  private static final String MART =
      """
      apiVersion: naru.dev/v1alpha1
      kind: DataMart
      metadata: {name: store, namespace: rental, uid: u-1, generation: 1, creationTimestamp: "2026-11-20T00:00:00Z"}
      spec:
        warehouseRef: {name: main}
        dataset: {name: store}
        tables: [{name: day, sql: {inline: SELECT 1}}, {name: week, sql: {inline: SELECT 1}}]
      status:
        lastRun: {id: m-1, startTime: "2026-11-24T20:30:10Z", completionTime: "2026-11-24T20:31:10Z", result: Succeeded, bytes: 42}
        tables: [{name: day, state: Published, bytes: 40}, {name: week, state: Waiting}]
      """;

  @Test
  void bytesOfATableAreShownWhereSeriesPerResourceAreWanted() {
    assertThat(scrape(true))
        .contains(
            "naru_mart_table_bytes{resource_name=\"store\",resource_namespace=\"rental\",table=\"day\"} 40")
        .contains(
            "naru_resource_last_run_bytes{kind=\"DataMart\",resource_name=\"store\",resource_namespace=\"rental\"} 42")
        .doesNotContain("table=\"week\"");
    assertThat(scrape(false)).doesNotContain("naru_mart_table_bytes{", "resource_name=");
  }

  @Test
  void rolloutsAreCountedByWhereTheyAreAndGoWithTheirService() {
    var going = service("a", "rollout: {phase: Running, revision: v2, percent: 20, step: 0}");
    var settled = service("b", "rollout: {phase: Settled}");
    var plain = service("c", "revision: v1");
    assertThat(scrape(true, going, settled, plain))
        .contains(
            "naru_rollouts{phase=\"running\"} 1",
            "naru_rollouts{phase=\"settled\"} 1",
            "naru_rollouts{phase=\"failed\"} 0",
            "naru_rollout_canary_percent{resource_name=\"a\",resource_namespace=\"rental\"} 20",
            "naru_rollout_canary_percent{resource_name=\"b\",resource_namespace=\"rental\"} 0")
        .doesNotContain("naru_rollout_canary_percent{resource_name=\"c\"");
    assertThat(scrape(true, settled)).doesNotContain("resource_name=\"a\"");
    assertThat(scrape(false, going)).doesNotContain("resource_name=");
  }

  private static ModelService service(String name, String status) {
    return Serialization.unmarshal(
        """
        apiVersion: naru.dev/v1alpha1
        kind: ModelService
        metadata: {name: %s, namespace: rental, uid: u-%s, generation: 1}
        spec: {image: "any:1", ports: [{name: http, containerPort: 8080, protocol: HTTP}]}
        status: {%s}
        """
            .formatted(name, name, status),
        ModelService.class);
  }

  private static String scrape(boolean perResource) {
    return scrape(perResource, Serialization.unmarshal(MART, DataMart.class));
  }

  private static String scrape(boolean perResource, HasMetadata... resources) {
    try (var meters = new Meters("test", "commit")) {
      meters.collect(
          new Fleet(
              Map.of(resources[0].getKind(), () -> Stream.of(resources)),
              () -> true,
              perResource,
              Clock.systemUTC()));
      return meters.scrape();
    }
  }
}
