package dev.naru.operator.backfill;

/** Reasons of Ready, Reconciling and Stalled of a Backfill. */
public enum BackfillReason {
  /** Ready: every interval is published. */
  COMPLETED("Completed"),
  /** Ready: a dry run has told what would be read. */
  ESTIMATED("Estimated"),
  /** Reconciling: dry runs tell what the intervals would read. */
  ESTIMATING("Estimating"),
  /** Reconciling: intervals are built, checked and published. */
  BACKFILLING("Backfilling"),
  /** Reconciling: a run of the mart, another Backfill or what the mart reads comes first. */
  WAITING("Waiting"),
  /** Stalled: some intervals could not be published; the others are. */
  INTERVALS_FAILED("IntervalsFailed"),
  /** Stalled: the mart makes other rows now than those of the intervals that are done. */
  MART_CHANGED("MartChanged");

  private final String code;

  BackfillReason(String code) {
    this.code = code;
  }

  /** The reason as conditions carry it. */
  public String code() {
    return code;
  }
}
