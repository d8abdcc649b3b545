package dev.naru.worker.run;

import dev.naru.bigquery.FailureReason;

/** Reasons of a run's end that are neither the source's nor the warehouse's. */
public enum RunReason implements FailureReason {
  /** The rows are in the target, and the ledger says so. */
  PUBLISHED("Published"),
  /** The worker failed by a defect of its own. */
  INTERNAL_ERROR("InternalError");

  private final String code;

  RunReason(String code) {
    this.code = code;
  }

  @Override
  public String code() {
    return code;
  }
}
