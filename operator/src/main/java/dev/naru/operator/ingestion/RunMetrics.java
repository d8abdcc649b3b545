package dev.naru.operator.ingestion;

import dev.naru.crds.v1alpha1.IngestionJob;
import dev.naru.crds.v1alpha1.Run;
import dev.naru.crds.v1alpha1.RunOutcome;
import dev.naru.operator.metrics.Label;
import dev.naru.operator.metrics.Meters;
import dev.naru.operator.metrics.Metric;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Counts runs that ended. */
public final class RunMetrics {

  private static final String KIND = HasMetadata.getKind(IngestionJob.class);

  private final Meters meters;

  /**
   * A run that status has just learnt of.
   *
   * @param requested whether somebody asked for it
   */
  record Ended(RunRecord record, boolean requested) {}

  public RunMetrics(Meters meters) {
    this.meters = meters;
    for (var result : Label.RUN_RESULT.allowed().orElseThrow()) {
      for (var trigger : Label.TRIGGER.allowed().orElseThrow()) {
        meters.announce(Metric.RUNS, KIND, trigger, result);
      }
    }
    meters.announce(Metric.ROWS, KIND);
    meters.announce(Metric.BYTES, KIND);
  }

  /**
   * Counts. Called after status was written: what status knows is never recorded again, so no
   * restart and no other leader counts a run twice. A crash in between loses the count of one.
   */
  void count(List<Ended> ended) {
    ended.forEach(this::count);
  }

  private void count(Ended ended) {
    var run = ended.record().run();
    var result = result(run.result());
    meters.count(Metric.RUNS, KIND, ended.requested() ? "request" : "schedule", result);
    meters.time(Metric.RUN_DURATION, duration(run), KIND, result);
    if (run.result() == RunOutcome.FAILED) {
      meters.count(Metric.RUN_FAILURES, KIND, ended.record().reason());
    }
    if (run.result() == RunOutcome.SUCCEEDED) {
      meters.count(Metric.ROWS, amount(run.rows()), KIND);
      meters.count(Metric.BYTES, amount(run.bytes()), KIND);
    }
  }

  private static String result(RunOutcome outcome) {
    return switch (outcome) {
      case SUCCEEDED, FAILED, CANCELLED -> outcome.name().toLowerCase(Locale.ROOT);
      case RUNNING, UNKNOWN ->
          throw new IllegalArgumentException("a run that ended is not " + outcome);
    };
  }

  private static Duration duration(Run run) {
    var duration = Duration.between(run.startTime(), run.completionTime());
    return duration.isNegative() ? Duration.ZERO : duration;
  }

  private static double amount(Long counted) {
    return (double) Optional.ofNullable(counted).orElse(0L);
  }
}
