package dev.naru.operator.mart;

import java.util.Locale;
import java.util.Optional;

/**
 * What a run may still be billed for. An estimate is taken before a query is sent and corrected by
 * what the query cost, so that tables built at the same time do not each spend the rest.
 */
public final class RunBudget {

  private final Optional<Long> perRun;
  private final Optional<Long> perTable;
  private final SharedBudget shared;
  private long taken;

  RunBudget(Optional<Long> perRun, Optional<Long> perTable) {
    this(perRun, perTable, new SharedBudget(Optional.empty(), 0));
  }

  /**
   * @param shared with other runs
   */
  RunBudget(Optional<Long> perRun, Optional<Long> perTable, SharedBudget shared) {
    this.perRun = perRun;
    this.perTable = perTable;
    this.shared = shared;
  }

  /** A query would cost more than what is left. */
  static final class Exceeded extends RuntimeException {
    private static final long serialVersionUID = 1;

    Exceeded(String message) {
      super(message);
    }
  }

  /**
   * Takes an estimate.
   *
   * @param what for the message, e.g. {@code table x}
   * @param ofTable what the table has cost already
   * @return how much the query may be billed for at most
   */
  synchronized long take(String what, long estimate, long ofTable) {
    if (perTable.isPresent() && ofTable + estimate > perTable.get()) {
      throw new Exceeded(
          "%s would read %s%s, and spec.limits.maxBytesBilledPerTable allows %s. Nothing was spent on it. Narrow the query or its window (a filter on the partition column), or raise the limit"
              .formatted(
                  what,
                  bytes(estimate),
                  ofTable > 0 ? " after " + bytes(ofTable) + " before" : "",
                  bytes(perTable.get())));
    }
    if (perRun.isPresent() && taken + estimate > perRun.get()) {
      throw new Exceeded(
          "%s would read %s%s, and spec.limits.maxBytesBilledPerRun allows %s for the whole run. Nothing was spent on it. Narrow the query or its window, or raise the limit"
              .formatted(
                  what,
                  bytes(estimate),
                  taken > 0 ? ", the run has used " + bytes(taken) + " already" : "",
                  bytes(perRun.get())));
    }
    var together = shared.take(what, estimate);
    var left =
        Math.min(
            perRun.map(it -> it - taken).orElse(Long.MAX_VALUE),
            perTable.map(it -> it - ofTable).orElse(Long.MAX_VALUE));
    taken += estimate;
    return Math.min(left, together);
  }

  /** Corrects an estimate by what was billed. */
  synchronized void settle(long estimate, long billed) {
    taken += billed - estimate;
    shared.settle(estimate, billed);
  }

  /** Gives back to the others what was taken and not used, e.g. by a query that failed. */
  synchronized void end(long billed) {
    shared.settle(taken, billed);
    taken = billed;
  }

  /** As people read it: {@code 1.5 GiB}. */
  public static String bytes(long count) {
    var units = new String[] {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB"};
    var unit = 0;
    var size = (double) count;
    while (size >= 1024 && unit < units.length - 1) {
      size /= 1024;
      unit++;
    }
    return unit == 0 ? count + " bytes" : String.format(Locale.ROOT, "%.1f %s", size, units[unit]);
  }
}
