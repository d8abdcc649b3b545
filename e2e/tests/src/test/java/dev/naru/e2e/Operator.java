package dev.naru.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;

/** The installed operator, seen from outside. */
final class Operator {

  private static final Kubectl SYSTEM = new Kubectl("naru-system");
  private static final String LABEL = "app.kubernetes.io/component=operator";

  private Operator() {}

  /** Ends its pod without warning. */
  static void kill() {
    SYSTEM.run("delete", "pod", "--selector", LABEL, "--grace-period=0", "--force");
  }

  static void awaitReady() {
    await("the operator is ready")
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(
            () ->
                assertThat(pods())
                    .singleElement()
                    .satisfies(
                        pod ->
                            assertThat(Company.condition(pod, "Ready").path("status").asText())
                                .isEqualTo("True")));
  }

  /** Everything its pods have logged. */
  static List<String> log() {
    return SYSTEM.run("logs", "--selector", LABEL, "--tail=-1").lines().toList();
  }

  /** How many reconciles have ended since it started. */
  static long reconciliations() {
    return metrics()
        .lines()
        .filter(line -> line.startsWith("naru_reconcile_duration_seconds_count"))
        .filter(line -> line.contains("result=\"done\""))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** What Prometheus would be told now. */
  static String metrics() {
    var pod = pods().getFirst().at("/metadata/name").asText();
    return SYSTEM.run(
        "get", "--raw", "/api/v1/namespaces/naru-system/pods/http:" + pod + ":8080/proxy/metrics");
  }

  /** Identity of its pod. */
  static String uid() {
    return pods().getFirst().at("/metadata/uid").asText();
  }

  private static List<JsonNode> pods() {
    return SYSTEM.list("pods", LABEL);
  }
}
