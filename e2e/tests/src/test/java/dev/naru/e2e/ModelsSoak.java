package dev.naru.e2e;

import static dev.naru.e2e.Company.JOBS;
import static dev.naru.e2e.Company.RENTAL;
import static dev.naru.e2e.Company.SAMPLES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Three services that answer with a model, and what their callers notice of a day's work: nothing.
 */
@ExtendWith(OperatorLog.class)
class ModelsSoak {

  private static final String SERVICES = "samples/car-sharing/overlays/services/dev";
  private static final List<String> NAMES =
      List.of("coverage-fee", "damage-detection", "price-service");
  private static final Duration START = Duration.ofMinutes(3);

  @BeforeAll
  static void servicesAndWhatTheyRead() {
    if (RENTAL.find("datamart", "soda-store").filter(ModelsSoak::published).isEmpty()) {
      RENTAL.run("apply", "-k", SAMPLES);
      Company.runAll(JOBS);
      var token = Instant.now().toString();
      RENTAL.annotate("datamart", "soda-store", "naru.dev/run-requested-at", token);
      Commands.run(
          Duration.ofMinutes(4), "e2e/demo/follow", "--kind", "datamart", "--token", token);
    }
    RENTAL.run("apply", "-k", SERVICES);
    NAMES.forEach(name -> awaitServing(name, 0));
  }

  @AfterAll
  static void clear() {
    RENTAL.run("delete", "-k", SERVICES, "--ignore-not-found");
    Commands.run(Duration.ofMinutes(1), "e2e/cluster/metrics-server", "down");
  }

  private static boolean published(JsonNode mart) {
    return mart.at("/status/dataThrough").isTextual();
  }

  @Test
  @Order(1)
  void appliedAgainThereIsNothingToChange() {
    assertThat(RENTAL.ended("", "diff", "-k", SERVICES))
        .as("kubectl diff after apply")
        .extracting(Commands.Ended::exitCode, Commands.Ended::output)
        .containsExactly(0, "");
  }

  @Test
  @Order(1)
  void aPriceIsComputedFromTheMart() {
    var zone =
        Company.number(
            "SELECT zone_id FROM soda_store.zone_hourly_demand GROUP BY zone_id"
                + " ORDER BY SUM(pickups) DESC, zone_id LIMIT 1");
    var pickups =
        Company.number(
            """
            SELECT IFNULL(SUM(pickups), 0) FROM soda_store.zone_hourly_demand
            WHERE zone_id = %d AND hour = 8
              AND day > DATE_SUB((SELECT MAX(day) FROM soda_store.zone_hourly_demand), INTERVAL 28 DAY)
            """
                .formatted(zone));

    var price =
        Kubectl.json(
            RENTAL.run(
                "get",
                "--raw",
                ("/api/v1/namespaces/rental/services/price-service:8080/proxy/v1/price"
                        + "?zone_id=%d&pickup_at=2026-03-30T08:00:00%%2B09:00&minutes=120&hourly_rate=8000")
                    .formatted(zone)));

    assertThat(price.at("/demand/pickups_per_day").asDouble())
        .isCloseTo(pickups / 28.0, org.assertj.core.data.Offset.offset(0.0001));
    // 120 minutes at 8000 an hour, times the model's factor, in tens
    assertThat(price.at("/price").asDouble())
        .isCloseTo(
            16_000 * price.at("/factor").asDouble(), org.assertj.core.data.Offset.offset(6.0));
  }

  @Test
  @Order(1)
  void aCallOfGrpcIsAnswered() {
    var quote =
        Kubectl.json(
            RENTAL.run(
                "exec",
                "deployment/coverage-fee",
                "--container=server",
                "--",
                "/opt/python/bin/python3",
                "-m",
                "coverage_fee.ask",
                "coverage-fee.rental:9000",
                "driver_age=22",
                "years_licensed=3"));

    assertThat(quote.path("feeKrw").asLong()).isPositive();
  }

  @Test
  @Order(2)
  void aRollingUpdateUnderLoadLosesNoRequest() {
    for (var name : NAMES) {
      var before = RENTAL.get("modelservice", name);
      var load = load(name, "--rate", "15", "--requests", "600");
      awaitLoad(name);

      RENTAL.run(
          "patch",
          "modelservice",
          name,
          "--type=json",
          "--patch",
          """
          [{"op": "add", "path": "/spec/pod/labels", "value": {"e2e": "%s"}}]
          """
              .formatted(System.currentTimeMillis()));
      awaitServing(name, before.at("/metadata/generation").asLong());

      assertThat(RENTAL.get("modelservice", name).at("/status/revision"))
          .isNotEqualTo(before.at("/status/revision"));
      var said = load.join();
      assertThat(said.path("failed").asInt()).as("failed requests of %s: %s", name, said).isZero();
      assertThat(said.path("servedBy").size())
          .as("pods of both revisions answered %s: %s", name, said)
          .isGreaterThan(1);
    }
  }

  @Test
  @Order(3)
  void anEvictionLosesNoRequest() {
    var name = "damage-detection";
    var before = RENTAL.get("modelservice", name);
    RENTAL.run(
        "patch", "modelservice", name, "--type=merge", "--patch", "{\"spec\":{\"replicas\":2}}");
    awaitServing(name, before.at("/metadata/generation").asLong());
    var load = load(name, "--rate", "15", "--requests", "450");
    awaitLoad(name);

    for (var pod : pods(name)) {
      evict(pod);
      await("another pod answers in the place of " + pod)
          .atMost(START)
          .pollInterval(Duration.ofSeconds(1))
          .untilAsserted(() -> assertThat(ready(name)).hasSize(2).doesNotContain(pod));
    }

    var said = load.join();
    assertThat(said.path("failed").asInt()).as("failed requests: %s", said).isZero();
  }

  @Test
  @Order(4)
  void loadBringsPodsAndTakesThemAway() {
    var name = "price-service";
    Commands.run(Duration.ofMinutes(3), "e2e/cluster/metrics-server", "up");

    var load =
        load(name, "--rate", "60", "--requests", "6000", "--clients", "8", "--new-connections");

    await("there are more pods")
        .atMost(Duration.ofMinutes(3))
        .pollInterval(Duration.ofSeconds(2))
        .untilAsserted(() -> assertThat(ready(name)).hasSizeGreaterThan(1));
    var said = load.join();
    assertThat(said.path("failed").asInt()).as("failed requests: %s", said).isZero();
    await("they are taken away again")
        .atMost(Duration.ofMinutes(4))
        .pollInterval(Duration.ofSeconds(2))
        .untilAsserted(() -> assertThat(ready(name)).hasSize(1));
  }

  /** Waits until the service says that a generation after this one answers. */
  private static void awaitServing(String name, long generation) {
    await("ModelService " + name + " answers as declared")
        .atMost(START)
        .pollInterval(Duration.ofSeconds(1))
        .untilAsserted(
            () -> {
              var service = RENTAL.get("modelservice", name);
              assertThat(service.at("/status/observedGeneration").asLong())
                  .isGreaterThan(generation);
              assertThat(Company.condition(service, "Ready").path("reason").asText())
                  .as("reason of Ready: %s", Company.condition(service, "Ready"))
                  .isEqualTo("Serving");
            });
  }

  /** Sends a load from inside the cluster; what it says at its end. */
  private static CompletableFuture<JsonNode> load(String name, String... options) {
    var script = Commands.ROOT.resolve("samples/services/" + name + "/load").toString();
    var command = new String[options.length + 2];
    command[0] = script;
    System.arraycopy(options, 0, command, 1, options.length);
    command[options.length + 1] = "--may-fail";
    return CompletableFuture.supplyAsync(
        () ->
            Kubectl.json(
                Commands.run(Duration.ofMinutes(5), command)
                    .lines()
                    .filter(it -> it.startsWith("{"))
                    .reduce((_, last) -> last)
                    .orElse("{}")),
        Thread::startVirtualThread);
  }

  private static void awaitLoad(String name) {
    await("the load on " + name + " has begun")
        .atMost(START)
        .pollInterval(Duration.ofSeconds(1))
        .until(
            () ->
                RENTAL
                    .find("pod", "load-" + name)
                    .filter(it -> it.at("/status/phase").asText().equals("Running"))
                    .isPresent());
  }

  /** As a drain does: what the disruption budget refuses now, it may allow in a moment. */
  private static void evict(String pod) {
    await("the eviction of " + pod)
        .atMost(START)
        .pollInterval(Duration.ofSeconds(1))
        .until(
            () -> {
              var eviction = eviction(pod);
              if (eviction.exitCode() != 0 && eviction.output().contains("disruption budget")) {
                return false;
              }
              eviction.orFail();
              return true;
            });
  }

  private static Commands.Ended eviction(String pod) {
    return RENTAL.ended(
        """
        {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "%s", "namespace": "rental"}}
        """
            .formatted(pod),
        "create",
        "--raw",
        "/api/v1/namespaces/rental/pods/%s/eviction".formatted(pod),
        "--filename=-");
  }

  private static List<String> pods(String name) {
    return RENTAL.list("pods", "naru.dev/kind=ModelService,naru.dev/name=" + name).stream()
        .filter(it -> it.at("/metadata/deletionTimestamp").isMissingNode())
        .map(it -> it.at("/metadata/name").asText())
        .toList();
  }

  private static List<String> ready(String name) {
    return RENTAL.list("pods", "naru.dev/kind=ModelService,naru.dev/name=" + name).stream()
        .filter(it -> it.at("/metadata/deletionTimestamp").isMissingNode())
        .filter(it -> Company.condition(it, "Ready").path("status").asText().equals("True"))
        .map(it -> it.at("/metadata/name").asText())
        .toList();
  }
}
