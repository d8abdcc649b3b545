package dev.naru.operator.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.crds.v1alpha1.DataMart;
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

  private static String scrape(boolean perResource) {
    var mart = Serialization.unmarshal(MART, DataMart.class);
    try (var meters = new Meters("test", "commit")) {
      meters.collect(
          new Fleet(
              Map.of("DataMart", () -> Stream.of(mart)),
              () -> true,
              perResource,
              Clock.systemUTC()));
      return meters.scrape();
    }
  }
}
