package dev.naru.operator.mart;

import static dev.naru.crds.v1alpha1.ConditionTypes.CHECKS_PASSING;
import static dev.naru.crds.v1alpha1.ConditionTypes.FRESH;
import static dev.naru.crds.v1alpha1.ConditionTypes.RUN_HEALTHY;
import static dev.naru.crds.v1alpha1.ConditionTypes.WITHIN_BUDGET;

import dev.naru.crds.v1alpha1.ConditionStatus;
import dev.naru.crds.v1alpha1.DataMartSpec;
import dev.naru.crds.v1alpha1.DataMartStatus;
import dev.naru.crds.v1alpha1.Defaults;
import dev.naru.crds.v1alpha1.MartDegradeOn;
import dev.naru.crds.v1alpha1.MartRun;
import dev.naru.crds.v1alpha1.MartTableStatus;
import dev.naru.crds.v1alpha1.RunOutcome;
import dev.naru.operator.status.Conditions;
import dev.naru.operator.status.Texts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** The parts of a DataMart's status. Pure. */
final class MartStatus {

  private static final int HISTORY = 5;
  private static final int MAX_MESSAGE = 2048;

  private MartStatus() {}

  /** The complete status after a reconcile. */
  static DataMartStatus of(MartStep step) {
    var spec = step.mart.getSpec();
    var next =
        step.mart.isMarkedForDeletion()
            ? Optional.<Instant>empty()
            : MartTrigger.next(spec, step.now);
    next.ifPresent(step::lookAgainAt);
    return new DataMartStatus(
        step.mart.getMetadata().getGeneration(),
        step.conditions.toList(),
        step.dataThrough.orElse(null),
        ready(spec, step.tables),
        step.lastRun.orElse(null),
        step.lastSuccess.orElse(null),
        step.lastSchedule.orElse(null),
        next.map(Instant::toString).orElse(null),
        step.plan.orElse(null),
        step.tables,
        step.orphans,
        step.history,
        effective(spec),
        step.answeredRun.orElse(null),
        step.answeredCancel.orElse(null));
  }

  private static String ready(DataMartSpec spec, List<MartTableStatus> tables) {
    var published = tables.stream().filter(it -> it.publishedAt() != null).count();
    return published + "/" + spec.tables().size();
  }

  /** Records how a run ended. */
  static void end(MartStep step, MartRun run, RunReport report) {
    var ended =
        new MartRun(
            run.id(),
            run.scheduledTime(),
            run.request(),
            run.dataThrough(),
            run.startTime(),
            step.conditions.now(),
            report.result(),
            report.rows(),
            report.bytes(),
            Texts.cut(report.message(), MAX_MESSAGE));
    step.ended = Optional.of(ended);
    step.report = Optional.of(report);
    step.lastRun = Optional.of(ended);
    var history = new ArrayList<>(step.history);
    history.addFirst(ended);
    step.history = List.copyOf(history.subList(0, Math.min(HISTORY, history.size())));
    MartRows.end(step, run, report);
    if (report.result() == RunOutcome.SUCCEEDED) {
      step.lastSuccess = Optional.of(ended);
    }
    // complete is what its least complete table is
    step.dataThrough =
        step.tables.stream().allMatch(it -> it.dataThrough() != null)
            ? step.tables.stream().map(MartTableStatus::dataThrough).min(Instant::compareTo)
            : step.dataThrough;
    conditions(step.conditions, report);
  }

  private static void conditions(Conditions conditions, RunReport report) {
    switch (report.result()) {
      case SUCCEEDED ->
          conditions.set(RUN_HEALTHY, ConditionStatus.TRUE, report.reason(), report.message());
      case FAILED ->
          conditions.set(RUN_HEALTHY, ConditionStatus.FALSE, report.reason(), report.message());
      case CANCELLED, RUNNING, UNKNOWN -> {
        return;
      }
    }
    conditions.set(
        WITHIN_BUDGET,
        report.limited().isPresent() ? ConditionStatus.FALSE : ConditionStatus.TRUE,
        (report.limited().isPresent() ? MartReason.LIMIT_EXCEEDED : MartReason.WITHIN_LIMITS)
            .code(),
        report
            .limited()
            .orElseGet(() -> "The last run was billed for " + RunBudget.bytes(report.bytes())));
    if (report.broken().isEmpty()) {
      if (report.result() == RunOutcome.SUCCEEDED) {
        conditions.set(
            CHECKS_PASSING,
            ConditionStatus.TRUE,
            MartReason.CHECKS_PASSED.code(),
            "Every check of the last run passed");
      }
      return;
    }
    var fatal = report.broken().stream().anyMatch(it -> !it.warns());
    conditions.set(
        CHECKS_PASSING,
        ConditionStatus.FALSE,
        (fatal ? MartReason.CHECKS_FAILED : MartReason.CHECKS_WARNED).code(),
        RunReport.describe(report.broken()));
  }

  /** Sets Degraded as {@code spec.degradeOn} declares it. */
  static void degraded(Conditions conditions, DataMartSpec spec) {
    var by = new HashMap<MartDegradeOn, String>();
    by.put(MartDegradeOn.RUN, RUN_HEALTHY);
    by.put(MartDegradeOn.CHECKS, CHECKS_PASSING);
    by.put(MartDegradeOn.FRESHNESS, FRESH);
    conditions.degrade(spec.degradeOn().stream().map(by::get).filter(Objects::nonNull).toList());
  }

  private static Map<String, String> effective(DataMartSpec spec) {
    var effective = new TreeMap<String, String>();
    if (spec.schedule() != null && spec.schedule().timeZone() == null) {
      effective.put("spec.schedule.timeZone", Defaults.TIME_ZONE);
    }
    if (spec.upstream() == null || spec.upstream().waitFor() == null) {
      effective.put("spec.upstream.wait", "All");
    }
    if (spec.upstream() == null || spec.upstream().deadline() == null) {
      effective.put("spec.upstream.deadline", Defaults.UPSTREAM_DEADLINE);
    }
    if (spec.publish() == null) {
      effective.put("spec.publish", "WhenAllPass");
    }
    if (spec.parallelism() == null) {
      effective.put("spec.parallelism", Integer.toString(Defaults.PARALLELISM));
    }
    if (spec.timeout() == null) {
      effective.put("spec.timeout", Defaults.TIMEOUT);
    }
    if (spec.keepFailed() == null) {
      effective.put("spec.keepFailed", Defaults.KEEP_FAILED);
    }
    if (spec.deletionPolicy() == null) {
      effective.put("spec.deletionPolicy", "Retain");
    }
    return effective;
  }
}
