package dev.naru.operator.mart;

import dev.naru.crds.v1alpha1.Annotations;
import dev.naru.crds.v1alpha1.DataMartStatus;
import dev.naru.crds.v1alpha1.MartRun;
import dev.naru.crds.v1alpha1.RunOutcome;
import dev.naru.operator.kube.Requests;
import dev.naru.operator.mart.MartResolution.Resolved;
import dev.naru.operator.mart.MartResolution.Unresolved;
import dev.naru.operator.status.EventReason;
import dev.naru.operator.status.Notice;
import dev.naru.operator.status.Outcome;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Follows the run that status tells of, in one reconcile. */
final class RunFollower {

  private final MartRuns runs;
  private final MartStep step;

  RunFollower(MartRuns runs, MartStep step) {
    this.runs = runs;
    this.step = step;
  }

  /** Goes on with the run, or records how it ended. */
  void follow(MartResolution resolution) {
    var running = step.running();
    if (running.isEmpty()) {
      runs.forget(step.who);
      return;
    }
    var run = running.get();
    var wanted =
        switch (resolution) {
          case Resolved(var mart) ->
              Optional.of(RunPlan.of(mart, step.mart.getSpec(), run, step.tables));
          case Unresolved _ -> Optional.<RunPlan>empty();
        };
    var going =
        runs.of(step.who)
            .filter(it -> it.plan().id().equals(run.id()))
            // another process began it: its jobs are found by their ids
            .or(() -> wanted.map(it -> runs.start(step.mart, it)));
    if (going.isPresent()) {
      follow(run, going.get(), wanted);
    } else if (resolution instanceof Unresolved(Outcome.Fail fail)) {
      MartStatus.end(step, run, unfinished(fail));
    }
  }

  private void follow(MartRun run, MartRuns.Going going, Optional<RunPlan> wanted) {
    var other = wanted.filter(it -> !it.key().equals(going.plan().key()));
    if (other.isPresent()) {
      // another spec: what the old one has staged must not be published any more
      going.progress().cancel();
    }
    var report = going.report();
    if (report.isEmpty()) {
      MartRows.progress(step, going.progress());
    } else if (other.isPresent()
        && report.get().result() == RunOutcome.CANCELLED
        && openCancel().isEmpty()) {
      runs.start(step.mart, other.get());
    } else {
      MartStatus.end(step, run, report.get());
      step.over = report.filter(it -> it.result() == RunOutcome.SUCCEEDED).map(_ -> going.plan());
      runs.forget(step.who);
    }
  }

  private static RunReport unfinished(Outcome.Fail why) {
    return new RunReport(
        RunOutcome.FAILED,
        why.reason(),
        "The run cannot be finished: " + why.message(),
        Map.of(),
        List.of());
  }

  private Optional<String> openCancel() {
    return Requests.open(
        step.mart,
        Annotations.CANCEL_REQUESTED_AT,
        step.stored.map(DataMartStatus::lastHandledCancelRequest).orElse(null));
  }

  /**
   * Stops the run that goes on. The request stays open until the run has ended, so that it is not
   * lost when the operator is.
   *
   * @param begun whether a run begins in this very reconcile
   */
  void answerCancel(boolean begun) {
    var request = openCancel();
    if (request.isEmpty()) {
      return;
    }
    var token = request.get();
    var running = step.running();
    if (running.isEmpty() || begun) {
      step.answeredCancel = request;
      if (step.ended.isEmpty()) {
        step.notices.add(
            Notice.normal(EventReason.NOTHING_TO_CANCEL, "No run was going on", token));
      }
      return;
    }
    var id = running.get().id();
    var stops = runs.of(step.who).map(it -> it.progress().cancel()).orElse(false);
    step.notices.add(
        stops
            ? Notice.normal(EventReason.CANCELLING, "Stopping run " + id, token)
            : Notice.normal(
                EventReason.NOTHING_TO_CANCEL,
                "Run %s publishes already and is finished".formatted(id),
                token));
  }
}
