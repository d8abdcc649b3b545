package dev.naru.operator.status;

/**
 * Reasons of Ready, Reconciling, Stalled and Reachable that the operator itself gives; part of the
 * API, listed in docs/conditions.md. RunHealthy and Reachable also carry the reasons of the worker.
 */
public enum Reason {
  /** Ready: the CronJob is as declared. */
  SCHEDULED("Scheduled"),
  /** Ready: there is no schedule, runs start when asked for. */
  ON_REQUEST("OnRequest"),
  /** Ready: no new run starts while spec.suspend is true. */
  SUSPENDED("Suspended"),
  /** Ready, Reachable: the probe opened a session, or BigQuery and the bucket answered. */
  REACHABLE("Reachable"),
  /** Ready: the declaration is complete, but the other side did not answer. */
  UNREACHABLE("Unreachable"),
  /** Ready: a template that counts for the resources listed in status.usedBy. */
  ACCEPTED("Accepted"),
  /** Reconciling: the probe's pod is at work. */
  PROBING("Probing"),
  /** Reconciling: the probe's pod cannot start yet. */
  POD_PENDING("PodPending"),
  /** Reconciling: BigQuery and the bucket are being asked. */
  CHECKING("Checking"),
  /** Reconciling, then Stalled: something that is referred to does not exist. */
  DEPENDENCY_MISSING("DependencyMissing"),
  /** Reconciling: a child of this name is still being deleted. */
  CHILD_DELETING("ChildDeleting"),
  /** Reconciling: the DataMart is deleted, and so are its tables. */
  DELETING("Deleting"),
  /** Stalled: an object of a child's name exists and belongs to someone else. */
  NAME_TAKEN("NameTaken"),
  /** Stalled: the API server, or a policy in it, refuses a child; the message has its words. */
  CHILD_REFUSED("ChildRefused"),
  /** Stalled: several templates of a namespace say spec.default, and none is picked. */
  SEVERAL_DEFAULTS("SeveralDefaults"),
  /** Stalled: a value is more, or less, than the policy of a template allows. */
  POLICY_VIOLATED("PolicyViolated"),
  /** Stalled: a field has a value that cannot work. */
  INVALID_SPEC("InvalidSpec"),
  /** Stalled: a field has a value that this version does not support. */
  UNSUPPORTED_SPEC("UnsupportedSpec"),
  /** Stalled: the probe's Job ended without saying why. */
  PROBE_FAILED("ProbeFailed");

  private final String code;

  Reason(String code) {
    this.code = code;
  }

  /** The reason as conditions carry it. */
  public String code() {
    return code;
  }
}
