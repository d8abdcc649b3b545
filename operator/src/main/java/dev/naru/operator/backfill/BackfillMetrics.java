package dev.naru.operator.backfill;

import static dev.naru.crds.v1alpha1.ConditionTypes.READY;

import dev.naru.crds.v1alpha1.Backfill;
import dev.naru.crds.v1alpha1.BackfillStatus;
import dev.naru.crds.v1alpha1.Condition;
import dev.naru.operator.metrics.Meters;
import dev.naru.operator.metrics.RunCounts;
import io.fabric8.kubernetes.api.model.HasMetadata;

/** Counts goes at Backfills that ended; each was asked for by somebody. */
public final class BackfillMetrics {

  private final RunCounts counts;

  public BackfillMetrics(Meters meters) {
    this.counts = new RunCounts(meters, HasMetadata.getKind(Backfill.class));
  }

  /** What status has just learnt. */
  void count(BackfillStep step) {
    var bytes = step.at.bytes() - step.stored.map(BackfillStatus::bytes).orElse(0L);
    if (bytes > 0) {
      counts.bytes(bytes);
    }
    var rows = step.at.rows() - step.stored.map(BackfillStatus::rows).orElse(0L);
    if (rows > 0) {
      counts.rows(rows);
    }
    if (step.ended() && !BackfillStep.over(step.backfill)) {
      var run = step.run.orElseThrow();
      counts.ended(
          true,
          run.result(),
          run.startTime(),
          run.completionTime(),
          step.conditions.get(READY).map(Condition::reason).orElse(""));
    }
  }
}
