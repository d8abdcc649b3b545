package dev.naru.bigquery;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long to wait, and for how long in all.
 *
 * @param pause waits; a test may count instead
 * @param unanswered how long a call without an answer is repeated
 * @param deadline when the whole run gives up, quota waits included
 */
public record Patience(
    Clock clock,
    Pause pause,
    Duration firstDelay,
    Duration maxDelay,
    Duration quotaDelay,
    Duration unanswered,
    Instant deadline) {

  /** Waits. */
  @FunctionalInterface
  public interface Pause {
    void sleep(Duration time) throws InterruptedException;
  }

  /** 1 to 32 s between repeats, 5 minutes without an answer, 10 minutes after a used-up quota. */
  public static Patience until(Instant deadline) {
    return new Patience(
        Clock.systemUTC(),
        Thread::sleep,
        Duration.ofSeconds(1),
        Duration.ofSeconds(32),
        Duration.ofMinutes(10),
        Duration.ofMinutes(5),
        deadline);
  }

  /**
   * Exponential, capped, and anywhere in its upper half, so that many clients do not meet again.
   */
  Duration delay(int attempt) {
    var full = firstDelay.multipliedBy(1L << Math.min(attempt, 20));
    var capped = full.compareTo(maxDelay) > 0 ? maxDelay : full;
    var half = capped.toNanos() / 2;
    return Duration.ofNanos(half + ThreadLocalRandom.current().nextLong(half + 1));
  }

  /** Whether waiting that long from now would still be before a moment. */
  boolean allows(Duration wait, Instant until) {
    var end = clock.instant().plus(wait);
    return end.isBefore(until) && end.isBefore(deadline);
  }

  /** Waits; an interrupt ends the run as a failure that is retried. */
  void sleep(Duration time) {
    try {
      pause.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RetryableFailure(
          WarehouseReason.WAREHOUSE_UNREACHABLE,
          "The run was stopped while it waited for BigQuery. Nothing was written to the target.",
          e);
    }
  }
}
