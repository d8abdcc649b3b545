package dev.naru.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;

/** The installed operator, seen from outside: several pods, of which one works. */
final class Operator {

  private static final Kubectl SYSTEM = new Kubectl("naru-system");
  private static final String LABEL = "app.kubernetes.io/component=operator";

  private Operator() {}

  /** Ends all its pods without warning. */
  static void kill() {
    SYSTEM.run("delete", "pod", "--selector", LABEL, "--grace-period=0", "--force");
  }

  static void awaitReady() {
    await("the operator is ready")
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(
            () ->
                assertThat(pods())
                    .hasSize(replicas())
                    .allSatisfy(
                        pod ->
                            assertThat(Company.condition(pod, "Ready").path("status").asText())
                                .isEqualTo("True")));
  }

  /** Everything its pods have logged. */
  static List<String> log() {
    return SYSTEM.run("logs", "--selector", LABEL, "--tail=-1").lines().toList();
  }

  /** How many reconciles have ended since its pods started; those that stand by have none. */
  static long reconciliations() {
    return pods().stream()
        .flatMap(pod -> metrics(pod).lines())
        .filter(line -> line.startsWith("naru_reconcile_duration_seconds_count"))
        .filter(line -> line.contains("result=\"done\""))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** What the pod that works would tell Prometheus now. */
  static String metrics() {
    return metrics(leader());
  }

  /** Identity of the pod that works. */
  static String uid() {
    return leader().at("/metadata/uid").asText();
  }

  private static JsonNode leader() {
    var holder = SYSTEM.get("lease", "naru-operator").at("/spec/holderIdentity").asText();
    return SYSTEM.get("pod", holder);
  }

  private static String metrics(JsonNode pod) {
    return SYSTEM.run(
        "get",
        "--raw",
        "/api/v1/namespaces/naru-system/pods/http:%s:8080/proxy/metrics"
            .formatted(pod.at("/metadata/name").asText()));
  }

  private static int replicas() {
    return SYSTEM.get("deployment", "naru-operator").at("/spec/replicas").asInt();
  }

  private static List<JsonNode> pods() {
    return SYSTEM.list("pods", LABEL);
  }
}
