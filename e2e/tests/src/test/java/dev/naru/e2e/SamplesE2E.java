package dev.naru.e2e;

import static dev.naru.e2e.Company.JOBS;
import static dev.naru.e2e.Company.RENTAL;
import static dev.naru.e2e.Company.SAMPLES;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The samples, unchanged, from the first run to the day after. */
@Order(1)
@ExtendWith(OperatorLog.class)
class SamplesE2E {

  @Test
  @Order(1)
  void appliedUnchangedTheyFillTablesThatEqualTheirSources() {
    RENTAL.run("apply", "-k", SAMPLES);

    Company.runAll(JOBS);

    Company.expectTargetsEqualSources();
  }

  @Test
  @Order(2)
  void secondRunChangesNothing() {
    var before = rows();

    Company.runAll(JOBS);

    assertThat(rows()).isEqualTo(before);
    Company.expectTargetsEqualSources();
  }

  @Test
  @Order(3)
  void appliedAgainThereIsNothingToChange() {
    assertThat(RENTAL.ended("", "diff", "-k", SAMPLES))
        .as("kubectl diff after apply")
        .extracting(Commands.Ended::exitCode, Commands.Ended::output)
        .containsExactly(0, "");
  }

  @Test
  @Order(3)
  void theColumnsFitOnEightyCharacters() {
    var lines = RENTAL.run("get", "ij").lines().toList();

    assertThat(lines)
        .hasSizeGreaterThan(JOBS.size())
        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    assertThat(lines.getFirst().split(" +"))
        .containsExactly("NAME", "READY", "REASON", "SCHEDULE", "LAST", "RESULT", "AGE");
  }

  @Test
  @Order(3)
  void templatesCountForPodsAndSayForWhom() {
    var labels =
        RENTAL.get("cronjob", "payments").at("/spec/jobTemplate/spec/template/metadata/labels");

    assertThat(labels.path("cost-center").asText()).isEqualTo("mobility");
    assertThat(labels.path("size").asText()).as("of the one it names").isEqualTo("large");
    assertThat(usedBy("standard")).isEqualTo(JOBS.size());
    assertThat(usedBy("large")).isEqualTo(1);
    assertThat(RENTAL.run("get", "wt").lines())
        .hasSize(3)
        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
  }

  private static int usedBy(String template) {
    return RENTAL.get("workloadtemplate", template).at("/status/usedBy/count").asInt();
  }

  @Test
  @Order(3)
  void theMartEqualsFiguresFromTheDatabases() {
    var token = Instant.now().toString();
    RENTAL.run(
        "annotate", "datamart", "soda-store", "--overwrite", "naru.dev/run-requested-at=" + token);

    Commands.run(Duration.ofMinutes(4), "e2e/demo/follow", "--kind", "datamart", "--token", token);

    Commands.run(Duration.ofMinutes(3), "e2e/demo/verify-mart");
    assertThat(RENTAL.run("get", "dm").lines())
        .hasSize(2)
        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80))
        .anySatisfy(line -> assertThat(line).contains("soda-store", "True", "8/8", "Succeeded"));
  }

  @Test
  @Order(4)
  void theNextDayIsFollowed() {
    var before = rows();

    Commands.run(Duration.ofMinutes(7), "e2e/demo/next-day");

    assertThat(rows())
        .as("a day brings reservations")
        .satisfies(
            after ->
                assertThat(after.get("reservations")).isGreaterThan(before.get("reservations")));
  }

  private static Map<String, Long> rows() {
    var rows = new HashMap<String, Long>();
    for (var job : JOBS) {
      var destination = RENTAL.get("ingestionjob", job).at("/spec/destination");
      rows.put(
          job,
          Company.number(
              "SELECT COUNT(*) FROM `%s.%s`"
                  .formatted(
                      destination.get("dataset").asText(), destination.get("table").asText())));
    }
    return rows;
  }
}
