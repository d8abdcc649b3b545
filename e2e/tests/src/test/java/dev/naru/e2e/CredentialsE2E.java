package dev.naru.e2e;

import static dev.naru.e2e.Company.RENTAL;
import static dev.naru.e2e.Company.condition;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Secrets that are wrong or not there yet: what a person reads, and what happens when they are put
 * right.
 */
@Order(3)
@ExtendWith(OperatorLog.class)
class CredentialsE2E {

  private static final Duration PROBED = Duration.ofSeconds(90);
  private static final String NAME = "e2e-credentials";

  @AfterEach
  void removeResources() {
    RENTAL.run("delete", "ingestionjob,connection,secret", NAME, "--ignore-not-found");
  }

  @Test
  void wrongPasswordIsToldInDescribeAndMendedByTheSecret() {
    RENTAL.apply(Resources.secret(NAME, "wrong"));
    RENTAL.apply(Resources.connection(NAME, NAME));
    RENTAL.apply(Resources.ingestionJob(NAME, NAME, "zones"));

    await("the Connection tells of the password")
        .atMost(PROBED)
        .untilAsserted(
            () ->
                assertThat(RENTAL.run("describe", "connection", NAME))
                    .contains("naru_reader", "password", "Secret", NAME)
                    .doesNotContain("password: wrong"));
    var token = Company.request(List.of(NAME));
    var run = Company.awaitEnd(NAME, Company.runId(token));
    assertThat(run.path("result").asText()).isEqualTo("Failed");
    assertThat(RENTAL.run("describe", "ingestionjob", NAME))
        .contains("naru_reader", "password", "Secret", NAME);
    assertThat(condition(RENTAL.get("ingestionjob", NAME), "Ready").path("status").asText())
        .as("Ready, which a source that cannot be read does not touch")
        .isEqualTo("True");

    RENTAL.apply(Resources.secret(NAME, "reader-local"));
    RENTAL.annotate("connection", NAME, "naru.dev/run-requested-at", "mended");
    await("the Connection is reachable")
        .atMost(PROBED)
        .untilAsserted(() -> expectConnection("Reachable"));
    Company.runAll(List.of(NAME));
  }

  @Test
  void missingSecretIsNamedAndTheConnectionBecomesReadyWhenItComes() {
    RENTAL.apply(Resources.connection(NAME, NAME));
    await("the Connection names the Secret")
        .atMost(PROBED)
        .untilAsserted(
            () -> {
              var ready = condition(RENTAL.get("connection", NAME), "Ready");
              assertThat(ready.path("status").asText()).isEqualTo("False");
              assertThat(ready.path("reason").asText()).isEqualTo("DependencyMissing");
              assertThat(ready.path("message").asText()).contains("Secret", NAME);
            });

    RENTAL.apply(Resources.secret(NAME, "reader-local"));

    await("the Connection is ready")
        .atMost(Duration.ofMinutes(3))
        .untilAsserted(() -> expectConnection("Ready"));
  }

  private static void expectConnection(String type) {
    var condition = condition(RENTAL.get("connection", NAME), type);
    assertThat(condition.path("status").asText())
        .as(condition.path("message").asText())
        .isEqualTo("True");
  }
}
