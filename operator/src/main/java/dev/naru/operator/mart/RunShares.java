package dev.naru.operator.mart;

import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * What runs that go on side by side have in common.
 *
 * @param budget what they may be billed for together
 * @param publishing held while one of them publishes: BigQuery aborts one of two transactions that
 *     change the same table
 */
public record RunShares(SharedBudget budget, ReentrantLock publishing) {

  /** For a run that is alone. */
  RunShares() {
    this(new SharedBudget(Optional.empty(), 0));
  }

  public RunShares(SharedBudget budget) {
    this(budget, new ReentrantLock(true));
  }

  <T> T oneByOne(Supplier<T> publish) {
    publishing.lock();
    try {
      return publish.get();
    } finally {
      publishing.unlock();
    }
  }
}
