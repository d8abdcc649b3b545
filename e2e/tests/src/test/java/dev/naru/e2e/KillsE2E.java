package dev.naru.e2e;

import static dev.naru.e2e.Company.RENTAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Pods that die while they work: the next one finishes what was begun, once. */
@Order(4)
@ExtendWith(OperatorLog.class)
class KillsE2E {

  private static final String WORKER = "e2e-worker-killed";
  private static final String OPERATOR = "e2e-operator-killed";

  @AfterEach
  void removeResources() {
    RENTAL.run("delete", "ingestionjob", WORKER, OPERATOR, "--ignore-not-found");
  }

  @Test
  void workerKilledBeforeItPublishesIsFollowedByOneThatDoes() {
    RENTAL.apply(Resources.ingestionJob(WORKER, "rental-db", "reservations"));
    var run = Company.runId(Company.request(List.of(WORKER)));
    var job = WORKER + "-" + run;
    var pod = awaitRunningPod(job);

    RENTAL.run("delete", "pod", pod, "--grace-period=0", "--force");

    assertThat(Company.endedRun(WORKER, run)).as("killed before the run ended").isEmpty();
    Company.expectSuccess(WORKER, Company.awaitEnd(WORKER, run));
    assertThat(RENTAL.list("pods", "batch.kubernetes.io/job-name=" + job))
        .noneMatch(it -> nameOf(it).equals(pod))
        .hasSize(1);
    Company.expectTargetsEqualSources(WORKER);
  }

  @Test
  void operatorKilledAsItStartsARunStartsItOnce() {
    RENTAL.apply(Resources.ingestionJob(OPERATOR, "rental-db", "cars"));
    var run = Company.runId(Company.request(List.of(OPERATOR)));
    Operator.kill();

    awaitRunningPod(OPERATOR + "-" + run);
    Operator.kill();

    Company.expectSuccess(OPERATOR, Company.awaitEnd(OPERATOR, run));
    assertThat(RENTAL.list("jobs", "naru.dev/name=" + OPERATOR))
        .extracting(KillsE2E::nameOf)
        .containsExactly(OPERATOR + "-" + run);
    Company.expectTargetsEqualSources(OPERATOR);
  }

  private static String awaitRunningPod(String job) {
    return await("a pod of Job " + job + " runs or has run")
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofMillis(200))
        .until(() -> startedPod(job), Optional::isPresent)
        .orElseThrow();
  }

  private static Optional<String> startedPod(String job) {
    return RENTAL.list("pods", "batch.kubernetes.io/job-name=" + job).stream()
        .filter(pod -> !pod.at("/status/phase").asText().equals("Pending"))
        .map(KillsE2E::nameOf)
        .findFirst();
  }

  private static String nameOf(JsonNode object) {
    return object.at("/metadata/name").asText();
  }
}
