package dev.naru.operator.ingestion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.crds.Lenient;
import dev.naru.crds.v1alpha1.RunOutcome;
import dev.naru.operator.it.Samples;
import dev.naru.operator.pod.PodEvents;
import dev.naru.runfile.Documents;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** From Jobs and pods to the runs that status shows. */
final class RunsTest {

  private static final RunHistory NOTHING =
      new RunHistory(List.of(), Optional.empty(), Optional.empty());

  @Test
  void aScheduledRunIsKnownByItsMinute() {
    var run = observe(job("reservations-29000000", "Complete", ""), pod("1", published(5)));
    assertThat(run.id().value()).isEqualTo("s-29000000");
    assertThat(run.id().scheduledTime()).isPresent();
    assertThat(run.requested()).isFalse();
  }

  @Test
  void whatWasPublishedCountsThoughTheJobFailedLater() {
    var run =
        observe(
            job("reservations-29000000", "Failed", "BackoffLimitExceeded"),
            pod("1", published(5)),
            pod("2", Documents.write(Samples.failed())));
    assertThat(record(run).run().result()).isEqualTo(RunOutcome.SUCCEEDED);
  }

  @Test
  void theNewestAttemptExplainsAFailure() {
    var run =
        observe(
            job("reservations-29000000", "Failed", "PodFailurePolicy"),
            pod("1", ""),
            pod("2", Documents.write(Samples.failed())));
    var record = record(run);
    assertThat(record.run().result()).isEqualTo(RunOutcome.FAILED);
    assertThat(record.reason()).isEqualTo("TableNotFound");
    assertThat(record.dataThrough()).isEmpty();
  }

  @Test
  void aMessageThatIsEmptyCutOrOfAnUnknownVersionIsLost() {
    for (var message :
        List.of(
            "",
            "Exception in thread main",
            published(5).substring(0, 60),
            published(5).replace("result.v1", "result.v9"),
            published(5).replace("\"Published\"", "\"Teleported\""))) {
      assertThat(observe(job("j", "Complete", ""), pod("1", message)).state())
          .as(message)
          .isInstanceOf(RunState.Lost.class);
    }
    assertThat(observe(job("j", "Complete", "")).state()).isInstanceOf(RunState.Lost.class);
  }

  @Test
  void aLostResultKeepsWhatTheJobSays() {
    var done = observe(job("j", "Complete", ""));
    var record = RunRecord.lost(done, (RunState.Lost) done.state(), "the ledger has no row");
    assertThat(record.run().result()).isEqualTo(RunOutcome.SUCCEEDED);
    assertThat(record.run().message()).contains("counts are lost", "the ledger has no row");
    var late = observe(job("j", "Failed", "DeadlineExceeded"));
    assertThat(RunRecord.lost(late, (RunState.Lost) late.state(), "no row").run().message())
        .contains("raise spec.timeout");
    var killed = observe(job("j", "Failed", "BackoffLimitExceeded"));
    assertThat(RunRecord.lost(killed, (RunState.Lost) killed.state(), "no row").run().message())
        .contains("OOMKilled", "kubectl describe job j");
    var refused = observe(job("j", "Failed", "PodFailurePolicy"));
    assertThat(RunRecord.lost(refused, (RunState.Lost) refused.state(), "no row").run().message())
        .contains("different releases", "kubectl logs job/j");
    var unheardOf = observe(job("j", "Failed", "MaxFailedIndexesExceeded"));
    var lost = RunRecord.lost(unheardOf, (RunState.Lost) unheardOf.state(), "no row");
    assertThat(lost.reason()).isEqualTo("ResultLost");
    assertThat(lost.run().message()).contains("MaxFailedIndexesExceeded");
  }

  @Test
  void aCancelledRunIsNoFailureUnlessItPublishedBefore() {
    var job = job("j", "Failed", "DeadlineExceeded");
    job.getMetadata().getAnnotations().put(ObservedRun.CANCELLED, "token");
    var stopped = observe(job);
    assertThat(RunRecord.lost(stopped, (RunState.Lost) stopped.state(), "no row").run().result())
        .isEqualTo(RunOutcome.CANCELLED);
    assertThat(record(observe(job, pod("1", Documents.write(Samples.failed())))).run().result())
        .isEqualTo(RunOutcome.CANCELLED);
    assertThat(record(observe(job, pod("1", published(3)))).run().result())
        .isEqualTo(RunOutcome.SUCCEEDED);
  }

  @Test
  void aPodThatDoesNotStartSaysWhy() {
    var pending = pod("1", "");
    pending.getStatus().setPhase("Pending");
    var run =
        ObservedRun.of(
            "reservations",
            job("j", "", ""),
            List.of(pending),
            told(
                "MountVolume.SetUp failed for volume \"connection\" : secret \"rental-db\""
                    + " not found"));
    assertThat(run.state())
        .isInstanceOfSatisfying(
            RunState.Active.class,
            it -> {
              assertThat(it.pending()).isTrue();
              assertThat(it.note().orElseThrow())
                  .contains("Secret rental-db does not exist in namespace rental");
            });
  }

  @Test
  void aPodThatIsRefusedSaysWhy() {
    var run =
        ObservedRun.of(
            "reservations",
            job("j", "", ""),
            List.of(),
            told("error looking up service account rental/ingest: not found"));
    assertThat(run.state())
        .isInstanceOfSatisfying(
            RunState.Active.class,
            it ->
                assertThat(it.note().orElseThrow())
                    .contains("refused", "service account rental/ingest"));
  }

  @Test
  void historyIsStickyBoundedAndNewestFirst() {
    var history = NOTHING;
    for (var minute = 0; minute < 7; minute++) {
      history = history.with(record(ended(minute, published(minute))));
    }
    assertThat(history.ended()).hasSize(5);
    assertThat(history.newest().orElseThrow().rows()).isEqualTo(6);
    assertThat(history.knows(ended(0, published(0)))).as("older than all that are kept").isTrue();
    assertThat(history.knows(ended(9, published(9)))).isFalse();
  }

  @Test
  void anOlderRunRecordedLateTurnsNothingBack() {
    var history = NOTHING.with(record(ended(5, published(50))));
    var later = history.with(record(ended(1, published(10))));
    assertThat(later.lastSuccess().orElseThrow().rows()).isEqualTo(50);
    assertThat(later.newest().orElseThrow().rows()).isEqualTo(50);
    assertThat(later.dataThrough()).isEqualTo(history.dataThrough());
  }

  private static RunRecord record(ObservedRun run) {
    return RunRecord.of(run, ((RunState.Ended) run.state()).result());
  }

  private static ObservedRun ended(int minute, String message) {
    var job = job("reservations-" + (29000000 + minute), "Complete", "");
    job.getStatus()
        .getConditions()
        .getFirst()
        .setLastTransitionTime("2026-01-01T00:%02d:00Z".formatted(minute));
    return observe(job, pod("1", message));
  }

  private static ObservedRun observe(Job job, Pod... pods) {
    return ObservedRun.of("reservations", job, List.of(pods), PodEvents.NONE);
  }

  private static String published(long rows) {
    return Documents.write(Samples.published(rows));
  }

  private static Job job(String name, String end, String reason) {
    return Lenient.serialization()
        .unmarshal(
            """
            apiVersion: batch/v1
            kind: Job
            metadata: {name: %s, namespace: rental, uid: job-uid-1, creationTimestamp: "2026-01-01T00:00:00Z", annotations: {a: b}}
            status:
              conditions: [{type: "%s", status: "True", reason: "%s", lastTransitionTime: "2026-01-01T00:10:00Z"}]
            """
                .formatted(name, end.isEmpty() ? "Other" : end, reason),
            Job.class);
  }

  private static Pod pod(String second, String message) {
    var pod =
        Lenient.serialization()
            .unmarshal(
                """
                apiVersion: v1
                kind: Pod
                metadata: {name: p%1$s, namespace: rental, creationTimestamp: "2026-01-01T00:00:0%1$sZ", labels: {batch.kubernetes.io/controller-uid: job-uid-1}}
                status:
                  phase: Failed
                  containerStatuses: [{name: worker, state: {terminated: {exitCode: 1}}}]
                """
                    .formatted(second),
                Pod.class);
    pod.getStatus()
        .getContainerStatuses()
        .getFirst()
        .getState()
        .getTerminated()
        .setMessage(message);
    return pod;
  }

  private static PodEvents told(String message) {
    var events =
        List.of(
            new EventBuilder()
                .withMessage(message)
                .withLastTimestamp("2026-01-01T00:00:00Z")
                .build());
    return new PodEvents() {
      @Override
      public List<Event> failedMounts(Pod pod) {
        return events;
      }

      @Override
      public List<Event> failedCreates(Job job) {
        return events;
      }
    };
  }
}
