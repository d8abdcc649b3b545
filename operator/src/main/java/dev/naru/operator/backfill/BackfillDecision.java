package dev.naru.operator.backfill;

import dev.naru.operator.status.Outcome;
import java.util.Optional;

/**
 * What becomes of a Backfill in a reconcile.
 *
 * @param start what begins once that is written down
 */
record BackfillDecision(Outcome outcome, Optional<BackfillWork> start) {

  static BackfillDecision only(Outcome outcome) {
    return new BackfillDecision(outcome, Optional.empty());
  }

  static Outcome wait(BackfillReason reason, String message) {
    return new Outcome.Wait(reason.code(), message, true);
  }

  /** It is worked on. */
  static Outcome working(BackfillWork work, BackfillStep step) {
    return step.at.estimate().isEmpty()
        ? wait(
            BackfillReason.ESTIMATING,
            "Asking BigQuery by dry runs what %s would read".formatted(work.text()))
        : wait(
            BackfillReason.BACKFILLING, "Building %s; see status.progress".formatted(work.text()));
  }
}
