package dev.naru.operator.mart;

import dev.naru.bigquery.mart.RunCancelled;
import java.util.Optional;

/** What all intervals of a Backfill together may be billed for. */
public final class SharedBudget {

  private final Optional<Long> limit;
  private long spent;
  private long held;
  private long changes;
  private boolean exceeded;

  /**
   * @param spent what was billed before
   */
  public SharedBudget(Optional<Long> limit, long spent) {
    this.limit = limit;
    this.spent = spent;
  }

  boolean limits() {
    return limit.isPresent();
  }

  /** Refuses what there is no room for, whatever the others give back. */
  synchronized void refuse(String what, long estimate) {
    if (limit.isPresent() && spent + estimate > limit.get()) {
      exceeded = true;
      throw new RunBudget.Exceeded(
          "%s would read %s, the Backfill has used %s already, and its spec.limits.maxBytesBilled allows %s. Nothing was spent on it. Raise the limit, and the Backfill goes on"
              .formatted(
                  what,
                  RunBudget.bytes(estimate),
                  RunBudget.bytes(spent),
                  RunBudget.bytes(limit.get())));
    }
  }

  /** What nobody has spent or holds. */
  synchronized long left() {
    return limit.map(it -> it - spent - held).orElse(Long.MAX_VALUE);
  }

  synchronized void hold(long bytes) {
    held += bytes;
    changes++;
    notifyAll();
  }

  synchronized void spend(long bytes) {
    spent += bytes;
  }

  /** Waits for what somebody gives back. */
  synchronized void awaitChange() {
    var known = changes;
    try {
      while (changes == known) {
        wait();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new RunCancelled();
    }
  }

  /** Whether something was refused: what comes after it would be, too. */
  public synchronized boolean exceeded() {
    return exceeded;
  }
}
