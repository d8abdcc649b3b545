package dev.naru.operator.runtime;

import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Lets reconciles through until the process stops. JOSDK empties its caches while reconciles are
 * still under way: to those, every dependency would look missing, and status would say so.
 */
final class Gate implements Metrics {

  private final Metrics timer;
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

  /**
   * A gate that is open.
   *
   * @param timer times what passes
   */
  Gate(Metrics timer) {
    this.timer = timer;
  }

  @Override
  public <T> T timeControllerExecution(ControllerExecution<T> execution) throws Exception {
    if (!lock.readLock().tryLock()) {
      throw new IllegalStateException("not begun: the operator is stopping");
    }
    try {
      return timer.timeControllerExecution(execution);
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Waits for the reconciles under way, then lets none through; false when they took too long. */
  boolean close(Duration patience) {
    try {
      return lock.writeLock().tryLock(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
