package dev.naru.e2e;

import static dev.naru.e2e.Company.JOBS;
import static dev.naru.e2e.Company.RENTAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** When nothing changes, nothing is written: told by the API server's audit log. */
@Order(6)
@ExtendWith(OperatorLog.class)
class AtRestE2E {

  private static final Duration REST = Duration.ofSeconds(60);
  private static final String TOUCHED = "e2e.naru.dev/touched";

  @AfterEach
  void resume() {
    for (var job : JOBS) {
      RENTAL.run(
          "patch", "ingestionjob", job, "--type=merge", "--patch", "{\"spec\":{\"suspend\":null}}");
    }
    RENTAL.run("annotate", "warehouses,connections,ingestionjobs", "--all", TOUCHED + "-");
  }

  @Test
  void forcedReconcileOfEveryResourceWritesNothing() {
    var log = AuditLog.ofTheNode();
    assumeThat(Files.exists(log.file())).as("the audit log of a node of our own").isTrue();
    suspendAll();
    await("the last writes have been made")
        .atMost(Duration.ofMinutes(1))
        .until(() -> quietFor(log, Duration.ofSeconds(5)));
    var begin = log.end();
    var before = Operator.reconciliations();

    RENTAL.run(
        "annotate",
        "warehouses,connections,ingestionjobs",
        "--all",
        "--overwrite",
        TOUCHED + "=" + begin);

    await("every resource is reconciled")
        .atMost(Duration.ofSeconds(30))
        .until(() -> Operator.reconciliations() - before >= resources());
    await("nobody writes")
        .during(REST)
        .atMost(REST.plusSeconds(20))
        .untilAsserted(
            () ->
                assertThat(log.foreignWrites(begin))
                    .as("writes besides those of this test")
                    .isEmpty());
  }

  private static long resources() {
    return RENTAL
        .run("get", "warehouses,connections,ingestionjobs", "--output", "name")
        .lines()
        .count();
  }

  /** A scheduled run would rightly be written about. */
  private static void suspendAll() {
    for (var job : JOBS) {
      RENTAL.run(
          "patch", "ingestionjob", job, "--type=merge", "--patch", "{\"spec\":{\"suspend\":true}}");
    }
    await("all are suspended")
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(JOBS).allSatisfy(AtRestE2E::expectSuspended));
  }

  private static void expectSuspended(String job) {
    assertThat(RENTAL.get("cronjob", job).at("/spec/suspend").asBoolean()).isTrue();
    assertThat(RENTAL.list("jobs", "naru.dev/name=" + job))
        .allSatisfy(it -> assertThat(it.at("/status/active").asInt()).isZero());
  }

  private static boolean quietFor(AuditLog log, Duration time) {
    var begin = log.end();
    return await()
        .during(time)
        .atMost(time.plusSeconds(1))
        .until(() -> log.foreignWrites(begin), List::isEmpty)
        .isEmpty();
  }
}
