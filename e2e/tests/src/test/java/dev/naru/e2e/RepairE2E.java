package dev.naru.e2e;

import static dev.naru.e2e.Company.RENTAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What happens to children that people touch, and to those of a resource that goes. */
@Order(2)
@ExtendWith(OperatorLog.class)
class RepairE2E {

  private static final Duration SOON = Duration.ofSeconds(30);

  @Test
  void deletedCronJobComesBack() {
    var deleted = RENTAL.get("cronjob", "zones").at("/metadata/uid").asText();

    RENTAL.run("delete", "cronjob", "zones");

    await("another CronJob zones")
        .atMost(SOON)
        .until(
            () ->
                RENTAL
                    .find("cronjob", "zones")
                    .filter(it -> !it.at("/metadata/uid").asText().equals(deleted))
                    .isPresent());
  }

  @Test
  void editedCronJobIsSetBack() {
    var declared = RENTAL.get("ingestionjob", "zones").at("/spec/schedule/cron").asText();

    RENTAL.run(
        "patch",
        "cronjob",
        "zones",
        "--type=merge",
        "--patch",
        "{\"spec\":{\"schedule\":\"* * * * *\",\"concurrencyPolicy\":\"Allow\"}}");

    await("the CronJob as declared")
        .atMost(SOON)
        .untilAsserted(
            () -> {
              var spec = RENTAL.get("cronjob", "zones").get("spec");
              assertThat(spec.get("schedule").asText()).isEqualTo(declared);
              assertThat(spec.get("concurrencyPolicy").asText()).isEqualTo("Forbid");
            });
  }

  @Test
  void deletedIngestionJobLeavesItsTableAndNothingElse() {
    var name = "e2e-deleted";
    RENTAL.apply(Resources.ingestionJob(name, "rental-db", "zones"));
    Company.runAll(List.of(name));
    var table = "SELECT COUNT(*) FROM `raw_e2e.e2e_deleted`";
    var rows = Company.number(table);
    assertThat(children(name)).contains("CronJob", "ConfigMap", "Job", "Pod");

    RENTAL.run("delete", "ingestionjob", name);

    await("no child is left")
        .atMost(SOON)
        .untilAsserted(() -> assertThat(children(name)).isEmpty());
    assertThat(Company.number(table)).isEqualTo(rows).isPositive();
  }

  private static List<String> children(String name) {
    return RENTAL.list("cronjobs,configmaps,jobs,pods", "naru.dev/name=" + name).stream()
        .map(child -> child.get("kind").asText())
        .distinct()
        .toList();
  }
}
