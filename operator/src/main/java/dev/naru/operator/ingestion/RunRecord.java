package dev.naru.operator.ingestion;

import dev.naru.crds.v1alpha1.LoadMode;
import dev.naru.crds.v1alpha1.Run;
import dev.naru.crds.v1alpha1.RunOutcome;
import dev.naru.operator.pod.Jobs;
import dev.naru.operator.status.Texts;
import dev.naru.runfile.RunFile;
import dev.naru.runfile.RunResult;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * One run as status keeps it, and what it says about health. Pure.
 *
 * @param reason for RunHealthy, CamelCase
 * @param dataThrough up to when the target is complete; empty when this run did not publish
 */
record RunRecord(Run run, String reason, Optional<Instant> dataThrough) {

  private static final int MAX_MESSAGE = 4096;

  /** A run that goes on. */
  static Run active(ObservedRun run) {
    var note = run.state() instanceof RunState.Active(var text, _) ? text.orElse(null) : null;
    return run(run, RunOutcome.RUNNING, Optional.empty(), null, null, null, note);
  }

  /** A run that ended and said how. */
  static RunRecord of(ObservedRun run, RunResult result) {
    var outcome = outcome(run, result);
    return new RunRecord(
        new Run(
            run.id().value(),
            run.id().scheduledTime().orElse(null),
            seconds(Jobs.startTime(run.job())),
            seconds(Jobs.endTime(run.job())),
            outcome,
            result.mode().map(RunRecord::mode).orElse(null),
            result.rows(),
            result.bytes(),
            result.fingerprint(),
            Texts.cut(
                outcome == RunOutcome.CANCELLED
                    ? "Cancelled by request; the target was not touched"
                    : result.message(),
                MAX_MESSAGE)),
        result.reason(),
        outcome == RunOutcome.SUCCEEDED
            ? result.dataThrough().map(RunRecord::seconds)
            : Optional.empty());
  }

  /**
   * A run whose result is lost for good: neither termination message nor ledger tell more than the
   * Job's condition.
   *
   * @param ledger what was found out about the ledger, for the message
   */
  static RunRecord lost(ObservedRun run, RunState.Lost state, String ledger) {
    if (state.complete()) {
      return new RunRecord(
          run(
              run,
              RunOutcome.SUCCEEDED,
              Optional.of(seconds(Jobs.endTime(run.job()))),
              null,
              null,
              null,
              "Completed, but its counts are lost: the pod's message is gone and " + ledger),
          LostReason.RESULT_LOST.code(),
          Optional.empty());
    }
    var outcome = run.cancelled() ? RunOutcome.CANCELLED : RunOutcome.FAILED;
    var message =
        run.cancelled()
            ? "Cancelled by request; the target was not touched"
            : cause(run, state) + "; " + ledger;
    return new RunRecord(
        run(run, outcome, Optional.of(seconds(Jobs.endTime(run.job()))), null, null, null, message),
        LostReason.of(state.cause()).code(),
        Optional.empty());
  }

  private static String cause(ObservedRun run, RunState.Lost state) {
    var job = run.job().getMetadata().getName();
    return switch (LostReason.of(state.cause())) {
      case DEADLINE_EXCEEDED ->
          "Stopped at spec.timeout: raise spec.timeout, or give the run more parallelism";
      case BACKOFF_LIMIT_EXCEEDED ->
          "Every attempt ended without saying why, as when a pod is killed for its memory: see"
              + " kubectl describe job %s, and raise spec.pod.resources.limits.memory if it says"
                  .formatted(job)
              + " OOMKilled";
      case POD_FAILURE_POLICY ->
          "The worker gave up at once and could not say why, as when operator and worker are of"
              + " different releases: see kubectl logs job/%s, and install both from one chart"
                  .formatted(job);
      case RESULT_LOST ->
          "The Job failed (%s): see kubectl describe job %s".formatted(state.cause(), job);
    };
  }

  private static RunOutcome outcome(ObservedRun run, RunResult result) {
    return switch (result.outcome()) {
      // published before the cancellation took hold: what is in the target counts
      case PUBLISHED, ALREADY_PUBLISHED -> RunOutcome.SUCCEEDED;
      case FAILED, ACTION_NEEDED -> run.cancelled() ? RunOutcome.CANCELLED : RunOutcome.FAILED;
    };
  }

  private static Run run(
      ObservedRun run,
      RunOutcome outcome,
      Optional<Instant> end,
      Long rows,
      Long bytes,
      String fingerprint,
      String message) {
    return new Run(
        run.id().value(),
        run.id().scheduledTime().orElse(null),
        seconds(Jobs.startTime(run.job())),
        end.orElse(null),
        outcome,
        null,
        rows,
        bytes,
        fingerprint,
        message == null ? null : Texts.cut(message, MAX_MESSAGE));
  }

  private static LoadMode mode(RunFile.Mode mode) {
    return switch (mode) {
      case FULL -> LoadMode.FULL;
      case INCREMENTAL -> LoadMode.INCREMENTAL;
    };
  }

  private static Instant seconds(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS);
  }
}
