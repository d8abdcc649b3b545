package dev.naru.operator.mart;

import dev.naru.crds.v1alpha1.RunOutcome;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

/**
 * Builds, checks and publishes one interval, as a run of the mart does it, while nobody else writes
 * its tables.
 */
public final class IntervalRun {

  private final IntervalOrder order;
  private final Intervals intervals;
  private final RunShares shares;
  private final BooleanSupplier wanted;
  private final Runnable changed;
  private final AtomicReference<String> waitsFor = new AtomicReference<>("");

  IntervalRun(
      IntervalOrder order,
      Intervals intervals,
      RunShares shares,
      BooleanSupplier wanted,
      Runnable changed) {
    this.order = order;
    this.intervals = intervals;
    this.shares = shares;
    this.wanted = wanted;
    this.changed = changed;
  }

  /** Whom it waits for; empty when it is at work. */
  public String waitsFor() {
    return waitsFor.get();
  }

  /** Works to the end; whatever goes wrong is an answer. */
  public IntervalEnd run() {
    var first = order.plan(intervals.clock().instant());
    var claim =
        intervals
            .locks()
            .acquire("Backfill " + order.backfill(), first.targets(), wanted, this::waits);
    if (claim.isEmpty()) {
      return new IntervalEnd(
          RunOutcome.CANCELLED, MartReason.CANCELLED.code(), "Not begun", 0, 0, List.of());
    }
    try (var _ = claim.get()) {
      waits("");
      // its time begins now, not while it waited
      return run(order.plan(intervals.clock().instant()));
    }
  }

  private void waits(String other) {
    waitsFor.set(other);
    changed.run();
  }

  private IntervalEnd run(RunPlan plan) {
    var progress = new RunProgress(plan, changed, wanted);
    var report =
        MartRunner.guarded(
            intervals.warehouses(),
            plan,
            progress,
            "interval",
            warehouse ->
                new MartRunner(
                        plan, warehouse, progress, intervals.clock(), intervals.pause(), shares)
                    .run());
    return new IntervalEnd(
        report.result(),
        report.reason(),
        report.message(),
        report.rows(),
        report.bytes(),
        report.result() == RunOutcome.SUCCEEDED ? plan.staged() : List.of());
  }
}
