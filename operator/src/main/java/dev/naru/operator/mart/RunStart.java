package dev.naru.operator.mart;

import static dev.naru.crds.v1alpha1.ConditionTypes.FRESH;

import dev.naru.crds.v1alpha1.ConditionStatus;
import dev.naru.operator.schedule.Standing;
import dev.naru.operator.status.EventReason;
import dev.naru.operator.status.Notice;
import dev.naru.operator.status.Readiness;
import java.util.List;
import java.util.Optional;

/** Decides a run that is due, unless what it reads is late. Pure. */
final class RunStart {

  private RunStart() {}

  /** Writes the run into the step; whoever calls starts it once it stands in status. */
  static Optional<RunPlan> begin(MartStep step, ResolvedMart mart) {
    var spec = step.mart.getSpec();
    var due = MartTrigger.due(step.mart, step.now);
    var late = due.map(it -> MartTrigger.late(spec, mart.upstreams(), it.end())).orElse(List.of());
    fresh(step, due, late);
    if (due.isEmpty() || !late.isEmpty()) {
      return Optional.empty();
    }
    var it = due.get();
    var run = it.run(step.conditions.now());
    step.lastRun = Optional.of(run);
    it.scheduled().ifPresent(at -> step.lastSchedule = Optional.of(at));
    it.request()
        .ifPresent(
            token -> {
              step.answeredRun = Optional.of(token);
              step.notices.add(
                  Notice.normal(
                      EventReason.RUN_REQUESTED, "Run %s was asked for".formatted(it.id()), token));
            });
    return Optional.of(RunPlan.of(mart, spec, run, step.tables));
  }

  private static void fresh(
      MartStep step, Optional<MartTrigger.Due> due, List<ResolvedMart.Upstream> late) {
    var spec = step.mart.getSpec();
    if (due.isEmpty() || late.isEmpty()) {
      if (due.isPresent() || step.conditions.get(FRESH).isPresent()) {
        step.conditions.set(
            FRESH, ConditionStatus.TRUE, MartReason.ON_TIME.code(), "No due run is waiting");
      }
      return;
    }
    var waits =
        "The run of the window up to %s waits for %s"
            .formatted(due.get().end(), MartTrigger.describe(late));
    Readiness.report(
        step.conditions, Standing.of(spec.schedule(), spec.suspend()).saying("; " + waits));
    var deadline = due.get().due().plus(MartTrigger.deadline(spec));
    if (due.get().scheduled().isPresent() && !step.now.isBefore(deadline)) {
      step.conditions.set(
          FRESH,
          ConditionStatus.FALSE,
          MartReason.UPSTREAM_LATE.code(),
          waits
              + ", longer than spec.upstream.deadline. Look at its last run, or write upstream: {wait: None}");
    } else if (due.get().scheduled().isPresent()) {
      step.lookAgainAt(deadline);
    }
  }
}
