package dev.naru.operator.metrics;

import dev.naru.crds.v1alpha1.RunOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/**
 * Counts the runs of a kind that ended. Called after status was written: what status knows is never
 * recorded again, so no restart and no other leader counts a run twice. A crash in between loses
 * the count of one.
 */
public final class RunCounts {

  private final Meters meters;
  private final String kind;

  public RunCounts(Meters meters, String kind) {
    this.meters = meters;
    this.kind = kind;
    for (var result : Label.RUN_RESULT.allowed().orElseThrow()) {
      for (var trigger : Label.TRIGGER.allowed().orElseThrow()) {
        meters.announce(Metric.RUNS, kind, trigger, result);
      }
    }
    meters.announce(Metric.ROWS, kind);
    meters.announce(Metric.BYTES, kind);
  }

  /**
   * A run that status has just learnt of.
   *
   * @param requested whether somebody asked for it
   * @param reason why it failed, if it did
   */
  public void ended(
      boolean requested, RunOutcome outcome, Instant start, Instant end, String reason) {
    var result = result(outcome);
    meters.count(Metric.RUNS, kind, requested ? "request" : "schedule", result);
    var duration = Duration.between(start, end);
    meters.time(
        Metric.RUN_DURATION, duration.isNegative() ? Duration.ZERO : duration, kind, result);
    if (outcome == RunOutcome.FAILED) {
      meters.count(Metric.RUN_FAILURES, kind, reason);
    }
  }

  /** Rows that were published. */
  public void rows(long rows) {
    meters.count(Metric.ROWS, (double) rows, kind);
  }

  /** Bytes that were staged, or billed. */
  public void bytes(long bytes) {
    meters.count(Metric.BYTES, (double) bytes, kind);
  }

  private static String result(RunOutcome outcome) {
    return switch (outcome) {
      case SUCCEEDED, FAILED, CANCELLED -> outcome.name().toLowerCase(Locale.ROOT);
      case RUNNING, UNKNOWN ->
          throw new IllegalArgumentException("a run that ended is not " + outcome);
    };
  }
}
