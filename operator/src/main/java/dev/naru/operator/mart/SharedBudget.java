package dev.naru.operator.mart;

import java.util.Optional;

/** What all intervals of a Backfill together may be billed for. */
public final class SharedBudget {

  private final Optional<Long> limit;
  private long taken;
  private boolean exceeded;

  /**
   * @param spent what was billed before
   */
  public SharedBudget(Optional<Long> limit, long spent) {
    this.limit = limit;
    this.taken = spent;
  }

  /** Takes an estimate and returns how much the query may be billed for at most. */
  synchronized long take(String what, long estimate) {
    if (limit.isEmpty()) {
      taken += estimate;
      return Long.MAX_VALUE;
    }
    var left = limit.get() - taken;
    if (estimate > left) {
      exceeded = true;
      throw new RunBudget.Exceeded(
          "%s would read %s, the Backfill has used %s already, and its spec.limits.maxBytesBilled allows %s. Nothing was spent on it. Raise the limit, and the Backfill goes on"
              .formatted(
                  what,
                  RunBudget.bytes(estimate),
                  RunBudget.bytes(taken),
                  RunBudget.bytes(limit.get())));
    }
    taken += estimate;
    return left;
  }

  /** Corrects an estimate by what was billed. */
  synchronized void settle(long estimate, long billed) {
    taken += billed - estimate;
  }

  /** Whether something was refused: what comes after it would be, too. */
  public synchronized boolean exceeded() {
    return exceeded;
  }
}
