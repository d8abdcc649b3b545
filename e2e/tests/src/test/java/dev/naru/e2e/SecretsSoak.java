package dev.naru.e2e;

import static dev.naru.e2e.Company.RENTAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Passwords and values of rows are planted, everything logs at its most talkative, runs succeed and
 * fail; then nothing that Naru wrote anywhere may hold them.
 */
@ExtendWith(OperatorLog.class)
class SecretsSoak {

  private static final String RIGHT_PG = "e2e-secret-pg";
  private static final String ROWS_PG = "e2e-secret-pg-rows";
  private static final String WRONG_PG = "e2e-secret-wrong";
  private static final String RIGHT_MARIA = "e2e-secret-maria";
  private static final String CA = "e2e-secret-ca";
  private static final List<String> JOBS = List.of(RIGHT_PG, ROWS_PG, WRONG_PG, RIGHT_MARIA);

  private static final Needle PG = Needle.random("the PostgreSQL password");
  private static final Needle MARIA = Needle.random("the MariaDB password");
  private static final Needle WRONG = Needle.random("a wrong password");
  private static final Needle NO_CA = Needle.random("what is no certificate");
  private static final Needle UNUSED = Needle.random("a key of a Secret that nobody asked for");
  private static final Needle ROW = Needle.random("the value of a row");

  /** Around the needle: what shells, SQL, URLs, JSON and YAML trip over. */
  private static final String AROUND = "'\"$(id)`;--%20\\n&?#ü나\u00a0{}: ";

  private static final Path TOKENS = Places.local().resolve("cluster/kubelet/pods");

  @BeforeAll
  static void talkative() {
    helm("log.format=json,log.level=TRACE,worker.log.level=TRACE");
    Databases.plant(AROUND + PG.core(), AROUND + MARIA.core(), ROW.core());
  }

  @AfterAll
  static void quiet() {
    var names = Stream.concat(JOBS.stream(), Stream.of(CA));
    var delete = Stream.of("delete", "ingestionjob,connection,secret", "--ignore-not-found");
    RENTAL.run(Stream.concat(delete, names).toArray(String[]::new));
    Databases.remove();
    helm("log.format=text,log.level=INFO,worker.log.level=INFO");
  }

  @Test
  @Timeout(value = 8, unit = TimeUnit.MINUTES)
  void nothingThatNaruWritesHoldsAPasswordOrAValueOfARow() {
    var auditSince = AuditLog.ofTheNode().end();
    var token = operatorToken();
    var hunt = new Hunt(List.of(PG, MARIA, WRONG, NO_CA, UNUSED, ROW, token), known());
    var positive =
        new Hunt(
            List.of(PG, MARIA, WRONG),
            Map.of("mounted files", PG.core(), "Secrets", "kind: Secret"));
    try (var sampler = Executors.newSingleThreadScheduledExecutor()) {
      var sampling =
          sampler.scheduleWithFixedDelay(
              () -> sample(hunt, positive), 0, 400, TimeUnit.MILLISECONDS);
      apply();
      runs();
      assertThat(sampling.state()).as("the sampler").isEqualTo(Future.State.RUNNING);
      sampling.cancel(false);
    }
    hunt.search(Places.now(auditSince));
    positive.search("Secrets", RENTAL.run("get", "secrets", "--output", "yaml"));

    expectLinesAreJson();
    hunt.expectNothing();
    assertThat(positive.searched()).as("the hunt finds").hasSize(2);
    assertThat(positive.findings())
        .as("the hunt finds passwords where they belong")
        .anyMatch(it -> it.startsWith(PG.what() + " in mounted files"))
        .anyMatch(it -> it.startsWith(MARIA.what() + " in Secrets"));
    assertThat(Places.files(TOKENS, "hprof|hs_err|/core\\.")).as("dumps of memory").isEmpty();
  }

  /** What exists only while a run goes on. */
  private static void sample(Hunt hunt, Hunt positive) {
    hunt.search("processes", Places.processes());
    hunt.search("staging bucket", Places.bucket());
    hunt.search("pod folders", Places.podFolders());
    positive.search("mounted files", Places.files(TOKENS, "/volumes/kubernetes.io~secret/"));
  }

  private static void apply() {
    secret(RIGHT_PG, "naru_hunt", AROUND + PG.core());
    secret(WRONG_PG, "naru_hunt", AROUND + WRONG.core());
    secret(RIGHT_MARIA, "naru_hunt", AROUND + MARIA.core());
    secret(CA, "naru_hunt", NO_CA.core());
    RENTAL.apply(Resources.connection(RIGHT_PG, RIGHT_PG));
    RENTAL.apply(Resources.connection(WRONG_PG, WRONG_PG));
    RENTAL.apply(Resources.mysqlConnection(RIGHT_MARIA, RIGHT_MARIA));
    // somebody named the wrong key of a Secret
    RENTAL.apply(
        Resources.connection(CA, CA)
            .replace(
                "{mode: Disable}",
                "{mode: VerifyCA, caRef: {secretKeyRef: {name: %s, key: password}}}"
                    .formatted(CA)));
    RENTAL.apply(Resources.ingestionJob(RIGHT_PG, RIGHT_PG, "e2e_secret"));
    RENTAL.apply(
        Resources.ingestionJob(ROWS_PG, RIGHT_PG, "e2e_secret")
            .replace("type: Table", "type: Table\n    filter: \"memo::integer > 0\""));
    RENTAL.apply(Resources.ingestionJob(WRONG_PG, WRONG_PG, "e2e_secret"));
    RENTAL.apply(maria(RIGHT_MARIA));
  }

  private static String maria(String name) {
    return Resources.ingestionJob(name, RIGHT_MARIA, "e2e_secret")
        .replace("schema: rental", "schema: billing");
  }

  private static void runs() {
    var run = Company.runId(Company.request(JOBS));
    List.of(RIGHT_PG, RIGHT_MARIA)
        .forEach(job -> Company.expectSuccess(job, Company.awaitEnd(job, run)));
    await("the probe with a text that is no certificate has ended")
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(
            () -> assertThat(RENTAL.run("describe", "connection", CA)).contains("TLS with"));
    var refused = Company.awaitEnd(WRONG_PG, run);
    assertThat(refused.path("message").asText()).contains("wrong password");
    for (var job : List.of(ROWS_PG)) {
      await("an attempt of " + job + " fails for the sake of a row")
          .atMost(Duration.ofMinutes(3))
          .untilAsserted(
              () ->
                  assertThat(RENTAL.get("ingestionjob", job).at("/status/lastRun/message").asText())
                      .contains("…"));
      // it would be tried again for minutes
      RENTAL.annotate("ingestionjob", job, "naru.dev/cancel-requested-at", "enough");
      Company.awaitEnd(job, run);
    }
  }

  private static Map<String, String> known() {
    var known = new TreeMap<String, String>();
    known.put("operator log", RIGHT_PG);
    known.put("worker logs", "run begins");
    known.put("API objects", "name: " + RIGHT_PG);
    known.put("events", "RunSucceeded");
    known.put("ledger", RIGHT_PG);
    known.put("BigQuery jobs", "naru_run");
    known.put("metrics", "naru_build_info{commit=\"");
    known.put("audit log", RIGHT_PG);
    known.put("Helm release", "naru-operator");
    known.put("kubelet and containerd logs", RIGHT_PG);
    known.put("container logs on the node", RIGHT_PG);
    known.put("processes", "dev.naru.worker.Worker");
    known.put("staging bucket", "avro.schema=");
    known.put("pod folders", "runKey");
    return known;
  }

  private static void expectLinesAreJson() {
    assertThat(Operator.log()).isNotEmpty().allSatisfy(SecretsSoak::expectEvent);
    // others may have begun in the format of before
    var ours = "naru.dev/name in (%s,%s)".formatted(String.join(",", JOBS), CA);
    assertThat(Places.workerLogs(ours).lines().filter(it -> !it.isBlank()))
        .isNotEmpty()
        .allSatisfy(SecretsSoak::expectEvent);
  }

  private static void expectEvent(String line) {
    var event = Kubectl.json(line);
    assertThat(event.path("time").asText()).matches("\\d{4}-.*Z");
    assertThat(event.path("severity").asText()).matches("DEBUG|INFO|WARNING|ERROR");
    assertThat(event.path("message").asText()).isNotBlank();
  }

  /** The end of the operator's own token, with which it calls the API server. */
  private static Needle operatorToken() {
    var uid = Operator.uid();
    var token = Places.files(TOKENS, uid + "/volumes/kubernetes.io~projected/.*/token").strip();
    var longest =
        List.of(token.substring(token.lastIndexOf('.') + 1).split("[^A-Za-z0-9]+", -1)).stream()
            .max(Comparator.comparingInt(String::length))
            .orElseThrow();
    return new Needle("the operator's token", longest);
  }

  private static void secret(String name, String username, String password) {
    RENTAL.apply(
        "{\"apiVersion\": \"v1\", \"kind\": \"Secret\", \"metadata\": {\"name\": %s}, \"stringData\": {\"username\": %s, \"password\": %s, \"other\": \"%s\"}}"
            .formatted(
                Kubectl.quoted(name),
                Kubectl.quoted(username),
                Kubectl.quoted(password),
                UNUSED.core()));
  }

  private static void helm(String values) {
    var helm =
        Commands.run(Duration.ofMinutes(5), "e2e/tools/build", "helm")
            .lines()
            .filter(it -> it.startsWith("/"))
            .findFirst()
            .orElseThrow();
    Commands.run(
        Duration.ofMinutes(3),
        helm,
        "upgrade",
        "naru",
        "charts/naru",
        "--namespace",
        "naru-system",
        "--reset-then-reuse-values",
        "--wait",
        "--set",
        values);
    Operator.awaitReady();
  }
}
