package dev.naru.operator.ingestion;

import dev.naru.crds.v1alpha1.IngestionJob;
import dev.naru.crds.v1alpha1.RunOutcome;
import dev.naru.operator.metrics.Meters;
import dev.naru.operator.metrics.RunCounts;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;
import java.util.Optional;

/** Counts runs that ended. */
public final class RunMetrics {

  private final RunCounts counts;

  /**
   * A run that status has just learnt of.
   *
   * @param requested whether somebody asked for it
   */
  record Ended(RunRecord record, boolean requested) {}

  public RunMetrics(Meters meters) {
    this.counts = new RunCounts(meters, HasMetadata.getKind(IngestionJob.class));
  }

  void count(List<Ended> ended) {
    ended.forEach(this::count);
  }

  private void count(Ended ended) {
    var run = ended.record().run();
    counts.ended(
        ended.requested(),
        run.result(),
        run.startTime(),
        run.completionTime(),
        ended.record().reason());
    if (run.result() == RunOutcome.SUCCEEDED) {
      counts.rows(amount(run.rows()));
      counts.bytes(amount(run.bytes()));
    }
  }

  private static long amount(Long counted) {
    return Optional.ofNullable(counted).orElse(0L);
  }
}
