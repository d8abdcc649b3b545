package dev.naru.worker.run;

import com.google.common.base.Throwables;
import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.bigquery.Failure;
import dev.naru.bigquery.LedgerRow;
import dev.naru.bigquery.RetryableFailure;
import dev.naru.runfile.RunFile;
import dev.naru.runfile.RunFile.Mode;
import dev.naru.runfile.RunResult;
import dev.naru.runfile.RunResult.Outcome;
import dev.naru.worker.stage.Manifest;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Says how a run ended: as the result document and as the ledger row. */
final class RunReport {

  private final RunFile run;
  private final RunIdentity self;
  private final Clock clock;

  RunReport(RunFile run, RunIdentity self, Clock clock) {
    this.run = run;
    this.self = self;
    this.clock = clock;
  }

  RunResult published(Manifest manifest, List<String> notes) {
    var plan = manifest.plan();
    var how =
        manifest.modeReason().orElse(plan.mode() == Mode.FULL ? "full load" : "incremental load");
    var also = notes.isEmpty() ? "" : "; " + String.join("; ", notes);
    return new RunResult(
        RunResult.API_VERSION,
        self.id().value(),
        self.key(),
        self.fingerprint().toString(),
        Outcome.PUBLISHED,
        RunReason.PUBLISHED.code(),
        "%d rows, %s%s".formatted(manifest.rows(), how, also),
        Optional.of(plan.mode()),
        manifest.modeReason(),
        manifest.rows(),
        manifest.bytes(),
        Optional.of(plan.dataThrough()),
        manifest.startTime(),
        clock.instant());
  }

  RunResult alreadyPublished(LedgerRow row) {
    return new RunResult(
        RunResult.API_VERSION,
        row.runId(),
        row.runKey(),
        row.fingerprint(),
        Outcome.ALREADY_PUBLISHED,
        RunReason.PUBLISHED.code(),
        "An earlier attempt of this run published; nothing was done. It said: " + row.message(),
        row.mode(),
        row.modeReason(),
        row.rows(),
        row.bytes(),
        row.dataThrough(),
        row.startTime(),
        row.recordedAt().orElseGet(clock::instant));
  }

  RunResult failed(Failure failure) {
    var outcome =
        switch (failure) {
          case ActionNeededFailure _ -> Outcome.ACTION_NEEDED;
          case RetryableFailure _ -> Outcome.FAILED;
        };
    return failed(outcome, failure.reason().code(), failure.getMessage());
  }

  /** A defect of ours: said as such, and tried again. */
  RunResult failed(RuntimeException defect) {
    return failed(
        Outcome.FAILED,
        RunReason.INTERNAL_ERROR.code(),
        "The worker failed by a defect of its own: %s. The target was not touched by this step; the run will be tried again. Please report it with the log of pod %s."
            .formatted(place(defect), self.pod()));
  }

  /** Class and place, not the message: a parser's names the value that it could not read. */
  private static String place(RuntimeException defect) {
    var root = Throwables.getRootCause(defect);
    var frames = root.getStackTrace();
    return root.getClass().getName() + (frames.length == 0 ? "" : " at " + frames[0]);
  }

  private RunResult failed(Outcome outcome, String reason, String message) {
    return new RunResult(
        RunResult.API_VERSION,
        self.id().value(),
        self.key(),
        self.fingerprint().toString(),
        outcome,
        reason,
        message,
        Optional.empty(),
        Optional.empty(),
        0,
        0,
        Optional.empty(),
        self.startTime(),
        clock.instant());
  }

  /** The row of a publish: the same text from every pod that takes up the manifest. */
  LedgerRow row(RunResult result, Manifest manifest, Optional<Instant> targetCreated) {
    return row(result, manifest.plan().bound(), targetCreated, manifest.pod());
  }

  /** The row of a failure. */
  LedgerRow row(RunResult failed) {
    return row(failed, Optional.empty(), Optional.empty(), self.pod());
  }

  private LedgerRow row(
      RunResult result, Optional<String> bound, Optional<Instant> targetCreated, String pod) {
    return new LedgerRow(
        result.runKey(),
        result.runId(),
        self.target().toString(),
        run.job().namespace() + "/" + run.job().name(),
        result.outcome(),
        result.reason(),
        result.message(),
        result.fingerprint(),
        result.mode(),
        result.modeReason(),
        result.rows(),
        result.bytes(),
        bound,
        result.dataThrough(),
        targetCreated,
        result.startTime(),
        pod,
        Optional.empty());
  }
}
