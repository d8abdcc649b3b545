package dev.naru.operator.mart;

import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.MartRun;
import dev.naru.crds.v1alpha1.RunOutcome;
import dev.naru.operator.metrics.Label;
import dev.naru.operator.metrics.Meters;
import dev.naru.operator.metrics.Metric;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Duration;
import java.util.Locale;

/** Counts runs of marts that ended. */
public final class MartMetrics {

  private static final String KIND = HasMetadata.getKind(DataMart.class);

  private final Meters meters;

  public MartMetrics(Meters meters) {
    this.meters = meters;
    for (var result : Label.RUN_RESULT.allowed().orElseThrow()) {
      for (var trigger : Label.TRIGGER.allowed().orElseThrow()) {
        meters.announce(Metric.RUNS, KIND, trigger, result);
      }
    }
    meters.announce(Metric.ROWS, KIND);
    meters.announce(Metric.BYTES, KIND);
  }

  /** Counts. Called after status was written: what status knows is never recorded again. */
  void count(MartRun run, RunReport report) {
    var result = run.result().name().toLowerCase(Locale.ROOT);
    meters.count(Metric.RUNS, KIND, run.request() == null ? "schedule" : "request", result);
    var duration = Duration.between(run.startTime(), run.completionTime());
    meters.time(
        Metric.RUN_DURATION, duration.isNegative() ? Duration.ZERO : duration, KIND, result);
    if (run.result() == RunOutcome.FAILED) {
      meters.count(Metric.RUN_FAILURES, KIND, report.reason());
    }
    meters.count(Metric.BYTES, (double) report.bytes(), KIND);
    if (run.result() == RunOutcome.SUCCEEDED) {
      meters.count(Metric.ROWS, (double) report.rows(), KIND);
    }
  }
}
