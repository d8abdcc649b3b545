package dev.naru.operator.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.crds.v1alpha1.Annotations;
import dev.naru.crds.v1alpha1.Condition;
import dev.naru.crds.v1alpha1.ConditionStatus;
import dev.naru.crds.v1alpha1.IngestionJob;
import dev.naru.crds.v1alpha1.IngestionJobStatus;
import dev.naru.crds.v1alpha1.RunOutcome;
import dev.naru.operator.ingestion.RunLedger;
import dev.naru.runfile.RunId;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An IngestionJob's life on a real API server. */
@ExtendWith({LogOracle.class, StateOracle.class})
final class IngestionIT {

  private static final String NAME = "reservations";

  private final KubernetesClient admin = ControlPlane.get().admin;
  private final ShiftedClock clock = new ShiftedClock();
  private final Tap tap = Tap.recording();
  private final AtomicInteger ledgerReads = new AtomicInteger();
  private RunLedger.Entry inLedger = new RunLedger.Entry.Unknown("the ledger has no row of it");
  private String namespace;
  private Kubelet kubelet;
  private TestOperator operator;

  @BeforeEach
  void start() {
    namespace = ControlPlane.get().namespace();
    kubelet = new Kubelet(admin, namespace);
    operator = operator(tap);
  }

  @AfterEach
  void stop() {
    operator.close();
    admin.namespaces().withName(namespace).delete();
  }

  @Test
  void anAppliedJobBecomesItsChildrenWithExactlyTheseRequestsAndASecondPassSendsNone() {
    references();
    tap.drain();
    apply(Samples.ingestionJob());
    ready("Scheduled");
    var status = status();
    var configMaps = "/api/v1/namespaces/" + namespace + "/configmaps/" + status.runFile();
    var cronJobs = "/apis/batch/v1/namespaces/" + namespace + "/cronjobs/" + NAME;
    assertThat(tap.drain())
        .containsExactly(
            "GET " + configMaps,
            "PATCH " + configMaps + " apply",
            "GET " + cronJobs,
            "PATCH " + cronJobs + " apply",
            "POST /api/v1/namespaces/" + namespace + "/events",
            "PATCH /apis/naru.dev/v1alpha1/namespaces/"
                + namespace
                + "/ingestionjobs/"
                + NAME
                + "/status apply");
    var cronJob = cronJob();
    assertThat(cronJob.getSpec().getTimeZone()).isEqualTo("Asia/Seoul");
    assertThat(status.nextLoad().reason()).contains("first run");
    assertThat(status.nextRun()).endsWith("-12-31T19:00:00Z");

    secondPass();
    assertThat(tap.drain())
        .as("a second pass asks which kinds are served, reads its caches and sends nothing")
        .allMatch(
            it ->
                it.matches(
                    "GET .*/(v1alpha1|ingestionjobs|connections|warehouses|workloadtemplates|cronjobs|jobs|pods|configmaps)"));
  }

  @Test
  void aRequestedRunIsStartedOnceAndItsResultRemembered() {
    references();
    apply(Samples.ingestionJob());
    ready("Scheduled");
    annotate(Annotations.RUN_REQUESTED_AT, "one");
    var job = NAME + "-m-" + RunId.hash8("one");
    status(it -> "one".equals(it.lastHandledRunRequest()) && it.lastRun() != null);
    assertThat(status().lastRun().result()).isEqualTo(RunOutcome.RUNNING);
    Await.until("the schedule is held", () -> cronJob().getSpec().getSuspend());

    kubelet.ends(job, 0, Samples.published(42));
    status(it -> it.lastSuccess() != null);

    var status = status();
    assertThat(status.lastRun().id()).isEqualTo("m-" + RunId.hash8("one"));
    assertThat(status.lastRun().rows()).isEqualTo(42);
    assertThat(status.lastRun().message()).isEqualTo("42 rows published");
    assertThat(status.dataThrough()).hasToString("2026-01-02T03:04:05Z");
    assertThat(condition("RunHealthy").status()).isEqualTo(ConditionStatus.TRUE);
    assertThat(status.nextLoad().reason()).contains("spec.source.filter", "changed");
    Await.until("the schedule goes on", () -> !cronJob().getSpec().getSuspend());
    assertThat(jobs()).containsExactly(job);
    assertThat(eventReasons()).contains("Scheduled", "RunRequested", "RunSucceeded");
  }

  @Test
  void aFailedRunIsUnhealthyAndDegradedAndDoesNotTouchReady() {
    references();
    apply(Samples.ingestionJob());
    ready("Scheduled");
    annotate(Annotations.RUN_REQUESTED_AT, "one");
    kubelet.ends(NAME + "-m-" + RunId.hash8("one"), 10, Samples.failed());
    status(it -> !it.history().isEmpty());
    assertThat(status().lastRun().result()).isEqualTo(RunOutcome.FAILED);
    assertThat(condition("RunHealthy").reason()).isEqualTo("TableNotFound");
    assertThat(condition("Degraded").message()).contains("did you mean reservations?");
    assertThat(condition("Ready").status()).isEqualTo(ConditionStatus.TRUE);
    assertThat(ledgerReads).hasValue(0);
  }

  @Test
  void aLostMessageIsMadeGoodFromTheLedgerReadOnce() {
    references();
    inLedger = new RunLedger.Entry.Found(Samples.published(7));
    apply(Samples.ingestionJob());
    ready("Scheduled");
    annotate(Annotations.RUN_REQUESTED_AT, "one");
    var job = NAME + "-m-" + RunId.hash8("one");
    kubelet.ends(job, 0, "{\"apiVersion\":\"naru.dev/result.v1\",\"runId\":\"cut off");
    status(it -> it.lastSuccess() != null);
    assertThat(status().lastSuccess().rows()).isEqualTo(7);
    secondPass();
    assertThat(ledgerReads).hasValue(1);
  }

  @Test
  void aCancelledRunStopsAndIsToldFromAFailedOne() {
    references();
    apply(Samples.ingestionJob());
    ready("Scheduled");
    annotate(Annotations.FULL_REFRESH_REQUESTED_AT, "all");
    var job = NAME + "-m-" + RunId.hash8("all");
    kubelet.pod(job);
    annotate(Annotations.CANCEL_REQUESTED_AT, "stop");
    status(it -> !it.history().isEmpty());
    assertThat(status().lastRun().result()).isEqualTo(RunOutcome.CANCELLED);
    assertThat(status().lastHandledCancelRequest()).isEqualTo("stop");
    assertThat(status().lastHandledFullRefreshRequest()).isEqualTo("all");
    assertThat(condition("Degraded")).isNull();
    assertThat(eventReasons()).contains("Cancelling", "RunCancelled");
  }

  @Test
  void aRequestWaitsForTheRunInItsWay() {
    references();
    apply(Samples.ingestionJob());
    ready("Scheduled");
    annotate(Annotations.RUN_REQUESTED_AT, "one");
    kubelet.pod(NAME + "-m-" + RunId.hash8("one"));
    annotate(Annotations.RUN_REQUESTED_AT, "two");
    Await.until("it says so", () -> condition("Ready").message().contains("has ended"));
    assertThat(jobs()).containsExactly(NAME + "-m-" + RunId.hash8("one"));
    assertThat(condition("Ready").message()).contains("m-" + RunId.hash8("one"));
    kubelet.ends(NAME + "-m-" + RunId.hash8("one"), 0, Samples.published(1));
    status(it -> "two".equals(it.lastHandledRunRequest()));
    assertThat(jobs()).contains(NAME + "-m-" + RunId.hash8("two"));
  }

  @Test
  void whatWasChangedByHandIsRepaired() {
    references();
    apply(Samples.ingestionJob());
    ready("Scheduled");
    admin
        .resource(cronJob())
        .edit(it -> new CronJobBuilder(it).editSpec().withSchedule("5 5 * * *").endSpec().build());
    Await.until(
        "the schedule is back", () -> cronJob().getSpec().getSchedule().equals("0 4 1 1 *"));
    admin.resource(cronJob()).delete();
    Await.until("the CronJob is back", () -> cronJob() != null);
    var runFile = status().runFile();
    admin.configMaps().inNamespace(namespace).withName(runFile).delete();
    Await.until(
        "the run file is back",
        () -> admin.configMaps().inNamespace(namespace).withName(runFile).get() != null);
    Await.until(
        "it is told", () -> eventReasons().stream().filter("Repaired"::equals).count() == 3);
  }

  @Test
  void aMissingReferenceIsNamedThenStalledThenReadyWhenItAppears() {
    apply(Samples.ingestionJob());
    Await.until("missing", () -> condition("Reconciling") != null);
    assertThat(condition("Ready").reason()).isEqualTo("DependencyMissing");
    assertThat(condition("Ready").message())
        .isEqualTo(
            "spec.source.connectionRef: Connection rental-db does not exist in namespace %s: create it or correct the name"
                .formatted(namespace));
    clock.advance(Duration.ofMinutes(6));
    annotate(Annotations.CANCEL_REQUESTED_AT, "poke");
    Await.until("stalled", () -> condition("Stalled") != null);
    assertThat(condition("Reconciling")).isNull();
    references();
    ready("Scheduled");
    assertThat(condition("Stalled")).isNull();
  }

  @Test
  void suspendTakesEffectWhateverElseIsWrong() {
    references();
    apply(Samples.ingestionJob());
    ready("Scheduled");
    change("{\"templateRef\": {\"name\": \"nightly\"}}");
    says("until then the schedule goes on as it was last realised");
    assertThat(cronJob().getSpec().getSuspend()).isFalse();

    change("{\"suspend\": true}");
    Await.until("suspended", () -> cronJob().getSpec().getSuspend());
    says("no new run starts while spec.suspend is true");
    secondPass();
    assertThat(tap.drain()).as("at rest").allMatch(it -> it.startsWith("GET "));

    change("{\"suspend\": false}");
    Await.until("resumed", () -> !cronJob().getSpec().getSuspend());
    says("until then the schedule goes on as it was last realised");

    change("{\"suspend\": true}");
    Await.until("suspended again", () -> cronJob().getSpec().getSuspend());
    change("{\"suspend\": false, \"templateRef\": null}");
    ready("Scheduled");
    assertThat(cronJob().getSpec().getSuspend()).isFalse();
    assertThat(eventReasons()).as("all of this was our own doing").doesNotContain("Repaired");
  }

  @Test
  void aJobMadeByHandFromTheCronJobIsARunLikeAnyOther() {
    references();
    apply(Samples.ingestionJob());
    ready("Scheduled");
    var template = cronJob().getSpec().getJobTemplate();
    admin
        .resource(
            new JobBuilder()
                .withMetadata(
                    template
                        .getMetadata()
                        .edit()
                        .withNamespace(namespace)
                        .withName("by-hand")
                        .build())
                .withSpec(template.getSpec())
                .build())
        .create();
    kubelet.ends("by-hand", 0, Samples.published(9));
    status(it -> it.lastSuccess() != null);
    assertThat(status().lastSuccess().id()).startsWith("j-").endsWith("-by-hand");
    assertThat(status().lastSuccess().rows()).isEqualTo(9);
  }

  @Test
  void whatWasDeletedAndCreatedAgainWhileTheOperatorWasAwayStartsAnew() {
    references();
    var asked = Samples.ingestionJob();
    asked.getMetadata().getAnnotations().put(Annotations.RUN_REQUESTED_AT, "one");
    apply(asked);
    kubelet.ends(NAME + "-m-" + RunId.hash8("one"), 0, Samples.published(1));
    status(it -> it.lastSuccess() != null);
    operator.close();
    admin.resource(resource()).delete();
    Await.until("garbage collected", () -> cronJob() == null && jobs().isEmpty());
    apply(Samples.ingestionJob());
    operator = operator(tap);
    ready("Scheduled");
    assertThat(status().lastSuccess()).isNull();
    assertThat(status().lastHandledRunRequest()).isNull();
    assertThat(jobs()).isEmpty();
  }

  @Test
  void textInAnyLanguageIsWatched() {
    references();
    var job = Samples.ingestionJob();
    // more than a buffer, and the status that follows it is in the same line
    job.getMetadata().getAnnotations().put("example.com/memo", "예약 취소 … 🚗 ".repeat(800));
    apply(job);
    ready("Scheduled");
    for (var status : List.of("취소", "대기", "완료")) {
      admin
          .resource(resource())
          .patch(
              PatchContext.of(PatchType.JSON_MERGE),
              "{\"spec\": {\"source\": {\"filter\": \"status <> '%s'\"}}}".formatted(status));
      Await.until(
          "the run file has " + status,
          () ->
              admin
                  .configMaps()
                  .inNamespace(namespace)
                  .withName(status().runFile())
                  .get()
                  .getData()
                  .toString()
                  .contains(status));
    }
  }

  @Test
  void aForeignCronJobOfTheNameIsLeftAlone() {
    references();
    var foreign =
        new CronJobBuilder(Samples.read(CronJob.class, FOREIGN_CRON_JOB))
            .editMetadata()
            .withNamespace(namespace)
            .endMetadata()
            .build();
    admin.resource(foreign).create();
    apply(Samples.ingestionJob());
    Await.until("stalled", () -> condition("Stalled") != null);
    assertThat(condition("Stalled").reason()).isEqualTo("NameTaken");
    assertThat(cronJob().getSpec().getSchedule()).isEqualTo("1 1 1 1 1");
  }

  @Test
  void theChildrenGoWithTheResourceAndComeAgainWithItsSuccessor() {
    references();
    apply(Samples.ingestionJob());
    ready("Scheduled");
    var before = cronJob().getMetadata().getUid();
    admin.resource(resource()).delete();
    Await.until("garbage collected", () -> cronJob() == null);
    apply(Samples.ingestionJob());
    ready("Scheduled");
    assertThat(cronJob().getMetadata().getUid()).isNotEqualTo(before);
  }

  @Test
  void aChangedFilterIsAnnouncedAndTheOldRunFileGoes() {
    references();
    apply(Samples.ingestionJob());
    ready("Scheduled");
    var first = status().runFile();
    admin
        .resource(resource())
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"spec\": {\"source\": {\"filter\": \"id > 5\"}}}");
    status(it -> !first.equals(it.runFile()));
    clock.advance(Duration.ofMinutes(2));
    annotate(Annotations.CANCEL_REQUESTED_AT, "poke");
    Await.until(
        "the old run file is gone",
        () -> admin.configMaps().inNamespace(namespace).withName(first).get() == null);
  }

  private static final String FOREIGN_CRON_JOB =
      """
      apiVersion: batch/v1
      kind: CronJob
      metadata: {name: reservations}
      spec:
        schedule: 1 1 1 1 1
        jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: b}]}}}}
      """;

  private void references() {
    apply(Samples.warehouse());
    apply(Samples.connection());
  }

  private void apply(HasMetadata resource) {
    resource.getMetadata().setNamespace(namespace);
    admin.resource(resource).create();
  }

  private void annotate(String key, String token) {
    admin
        .resource(resource())
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"metadata\": {\"annotations\": {\"%s\": \"%s\"}}}".formatted(key, token));
  }

  private void change(String spec) {
    admin
        .resource(resource())
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\": " + spec + "}");
  }

  private void says(String text) {
    Await.until("Ready says " + text, () -> condition("Ready").message().contains(text));
  }

  /** A second pass over everything: by a new operator, which knows only what is stored. */
  private void secondPass() {
    operator.close();
    tap.drain();
    operator = operator(tap);
    Await.until("reconciled", () -> operator.reconciles("IngestionJob") > 0);
  }

  private TestOperator operator(Tap tap) {
    return TestOperator.ingestion(
        namespace,
        tap,
        clock,
        (_, _) -> {
          ledgerReads.incrementAndGet();
          return inLedger;
        });
  }

  private void ready(String reason) {
    Await.until(
        "Ready because " + reason,
        () ->
            condition("Ready").status() == ConditionStatus.TRUE
                && condition("Ready").reason().equals(reason));
  }

  private void status(Predicate<IngestionJobStatus> test) {
    Await.until("status", () -> status() != null && test.test(status()));
  }

  private IngestionJobStatus status() {
    return resource().getStatus();
  }

  private Condition condition(String type) {
    return status().conditions().stream()
        .filter(it -> it.type().equals(type))
        .findFirst()
        .orElse(null);
  }

  private IngestionJob resource() {
    return admin.resources(IngestionJob.class).inNamespace(namespace).withName(NAME).get();
  }

  private CronJob cronJob() {
    return admin.batch().v1().cronjobs().inNamespace(namespace).withName(NAME).get();
  }

  private List<String> jobs() {
    return admin.resources(Job.class).inNamespace(namespace).list().getItems().stream()
        .map(it -> it.getMetadata().getName())
        .toList();
  }

  private List<String> eventReasons() {
    return admin.v1().events().inNamespace(namespace).list().getItems().stream()
        .filter(it -> "IngestionJob".equals(it.getInvolvedObject().getKind()))
        .map(it -> it.getReason())
        .toList();
  }
}
