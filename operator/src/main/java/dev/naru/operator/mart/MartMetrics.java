package dev.naru.operator.mart;

import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.MartRun;
import dev.naru.crds.v1alpha1.RunOutcome;
import dev.naru.operator.metrics.Meters;
import dev.naru.operator.metrics.RunCounts;
import io.fabric8.kubernetes.api.model.HasMetadata;

/** Counts runs of marts that ended. */
public final class MartMetrics {

  private final RunCounts counts;

  public MartMetrics(Meters meters) {
    this.counts = new RunCounts(meters, HasMetadata.getKind(DataMart.class));
  }

  void count(MartRun run, RunReport report) {
    counts.ended(
        run.request() != null,
        run.result(),
        run.startTime(),
        run.completionTime(),
        report.reason());
    // a run that failed is billed all the same
    counts.bytes(report.bytes());
    if (run.result() == RunOutcome.SUCCEEDED) {
      counts.rows(report.rows());
    }
  }
}
