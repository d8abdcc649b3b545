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

  private static final String NAME = "e2e-killed";

  @AfterEach
  void removeResources() {
    RENTAL.run("delete", "ingestionjob", NAME, "--ignore-not-found");
  }

  @Test
  void workerKilledBeforeItPublishesIsFollowedByOneThatDoes() {
    RENTAL.apply(Resources.ingestionJob(NAME, "rental-db", "reservations"));
    var run = Company.runId(Company.request(List.of(NAME)));
    var job = NAME + "-" + run;
    var pod = awaitRunningPod(job);

    RENTAL.run("delete", "pod", pod, "--grace-period=0", "--force");

    assertThat(Company.lastRun(NAME).path("completionTime").isMissingNode())
        .as("killed before the run ended")
        .isTrue();
    Company.expectSuccess(NAME, Company.awaitEnd(NAME, run));
    assertThat(RENTAL.list("pods", "batch.kubernetes.io/job-name=" + job))
        .noneMatch(it -> nameOf(it).equals(pod))
        .hasSize(1);
    Company.expectTargetsEqualSources(NAME);
  }

  @Test
  void operatorKilledAsItStartsARunStartsItOnce() {
    RENTAL.apply(Resources.ingestionJob(NAME, "rental-db", "cars"));
    var run = Company.runId(Company.request(List.of(NAME)));
    Operator.kill();

    awaitRunningPod(NAME + "-" + run);
    Operator.kill();

    Company.expectSuccess(NAME, Company.awaitEnd(NAME, run));
    assertThat(RENTAL.list("jobs", "naru.dev/name=" + NAME))
        .extracting(KillsE2E::nameOf)
        .containsExactly(NAME + "-" + run);
    Company.expectTargetsEqualSources(NAME);
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
