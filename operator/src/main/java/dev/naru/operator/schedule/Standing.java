package dev.naru.operator.schedule;

import dev.naru.crds.v1alpha1.Defaults;
import dev.naru.crds.v1alpha1.Schedule;
import dev.naru.operator.status.Outcome;
import dev.naru.operator.status.Reason;

/** When a resource that is ready runs, in the same words for every kind. Pure. */
public final class Standing {

  private Standing() {}

  /**
   * What Ready says.
   *
   * @param schedule null: by request only
   * @param suspend null: false
   */
  public static Outcome of(Schedule schedule, Boolean suspend) {
    if (Boolean.TRUE.equals(suspend)) {
      return new Outcome.Done(
          Reason.SUSPENDED,
          "Suspended: no new run starts while spec.suspend is true; a running one goes on");
    }
    if (schedule == null) {
      return new Outcome.Done(
          Reason.ON_REQUEST,
          "No schedule: a run starts when annotation naru.dev/run-requested-at gets a new value");
    }
    return new Outcome.Done(
        Reason.SCHEDULED,
        "Runs at '%s' %s".formatted(schedule.cron(), Defaults.timeZone(schedule)));
  }
}
