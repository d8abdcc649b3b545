package dev.naru.operator.mart;

/** Why a run of a mart, or one of its tables, ended as it did. */
public enum MartReason {
  /** RunHealthy: every table was built, checked and published. */
  PUBLISHED("Published"),
  /** RunHealthy, ChecksPassing: rows broke a check of severity Fail; they were not published. */
  CHECKS_FAILED("ChecksFailed"),
  /** ChecksPassing: every check of the last run passed. */
  CHECKS_PASSED("ChecksPassed"),
  /** ChecksPassing: rows broke a check of severity Warn; they were published. */
  CHECKS_WARNED("ChecksWarned"),
  /** RunHealthy: a check could not be made; the rows were not published. */
  CHECK_BROKEN("CheckBroken"),
  /** RunHealthy, WithinBudget: more bytes would be billed than spec.limits allows. */
  LIMIT_EXCEEDED("LimitExceeded"),
  /** WithinBudget: the last run kept within spec.limits. */
  WITHIN_LIMITS("WithinLimits"),
  /** RunHealthy: the run did not end within spec.timeout. */
  TIMED_OUT("TimedOut"),
  /** RunHealthy, SqlAnalyzed: the operator itself failed at the run, or at the plan. */
  BROKEN("Broken"),
  /** The run was stopped by request. */
  CANCELLED("Cancelled"),
  /** Fresh: a due run waits longer than spec.upstream.deadline for what it reads. */
  UPSTREAM_LATE("UpstreamLate"),
  /** Fresh: no due run waits longer than spec.upstream.deadline. */
  ON_TIME("OnTime"),
  /** SqlAnalyzed: the SQL is valid as far as it can be told without running it. */
  VALID("Valid"),
  /** SqlAnalyzed: not all is known of the SQL yet, or BigQuery's dry runs alone have seen it. */
  NOT_ANALYZED("NotAnalyzed");

  private final String code;

  MartReason(String code) {
    this.code = code;
  }

  /** The reason as conditions carry it. */
  public String code() {
    return code;
  }
}
