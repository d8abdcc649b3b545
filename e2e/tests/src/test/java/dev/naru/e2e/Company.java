package dev.naru.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** The car-sharing company of samples/ and what its team does with it. */
final class Company {

  static final String SAMPLES = "samples/car-sharing/overlays/dev";
  static final Kubectl RENTAL = new Kubectl("rental");
  static final List<String> JOBS =
      List.of("cars", "coupons", "members", "payments", "reservations", "zones");

  private static final String RUN_REQUESTED = "naru.dev/run-requested-at";
  private static final Duration RUN_DEADLINE = Duration.ofMinutes(3);

  private Company() {}

  /** Asks for a run of each job, waits for all of them and expects success. */
  static void runAll(List<String> jobs) {
    var token = request(jobs);
    jobs.forEach(job -> expectSuccess(job, awaitEnd(job, runId(token))));
  }

  /** Asks for a run of each job and gives the token. */
  static String request(List<String> jobs) {
    var token = "e2e-" + UUID.randomUUID();
    jobs.forEach(job -> RENTAL.annotate("ingestionjob", job, RUN_REQUESTED, token));
    return token;
  }

  /** Waits until a run has ended and gives it. */
  static JsonNode awaitEnd(String job, String runId) {
    return await("run " + runId + " of IngestionJob " + job + " ends")
        .atMost(RUN_DEADLINE)
        .pollInterval(Duration.ofSeconds(1))
        .until(() -> endedRun(job, runId), Optional::isPresent)
        .orElseThrow();
  }

  /** A run that has ended; it stays in the history when a scheduled one follows. */
  static Optional<JsonNode> endedRun(String job, String runId) {
    var status = RENTAL.get("ingestionjob", job).path("status");
    return Stream.concat(Stream.of(status.path("lastRun")), status.path("history").valueStream())
        .filter(run -> run.path("id").asText().equals(runId) && run.has("completionTime"))
        .findFirst();
  }

  static void expectSuccess(String job, JsonNode run) {
    assertThat(run.path("result").asText())
        .as("result of %s; its message: %s", job, run.path("message").asText())
        .isEqualTo("Succeeded");
  }

  /** Compares targets with their sources row by row. */
  static void expectTargetsEqualSources(String... jobs) {
    var command = new String[jobs.length + 3];
    command[0] = "e2e/demo/verify";
    command[1] = "-n";
    command[2] = RENTAL.namespace();
    System.arraycopy(jobs, 0, command, 3, jobs.length);
    Commands.run(Duration.ofMinutes(2), command);
  }

  /** The first value of the first row of a query's answer. */
  static long number(String sql) {
    return Long.parseLong(
        Commands.run(Duration.ofMinutes(1), "e2e/demo/query", "naru-local", sql).strip());
  }

  /** The identity of a requested run, and the end of its Job's name. */
  static String runId(String token) {
    try {
      var digest =
          MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
      return "m-" + HexFormat.of().formatHex(digest, 0, 4);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** A condition; missing when there is none of this type. */
  static JsonNode condition(JsonNode resource, String type) {
    return resource
        .at("/status/conditions")
        .valueStream()
        .filter(condition -> condition.path("type").asText().equals(type))
        .findFirst()
        .orElseGet(MissingNode::getInstance);
  }
}
