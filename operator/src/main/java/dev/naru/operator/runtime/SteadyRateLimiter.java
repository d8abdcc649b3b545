package dev.naru.operator.runtime;

import io.javaoperatorsdk.operator.processing.event.rate.RateLimiter;
import java.time.Duration;
import java.util.Optional;

/**
 * At most so many reconciles of one resource in a period, by the clock that nobody can set. JOSDK's
 * own limiter goes by the wall clock: a resource that was busy while it was an hour fast would rest
 * for an hour once it is set right.
 */
final class SteadyRateLimiter implements RateLimiter<SteadyRateLimiter.Period> {

  private final Duration period;
  private final int limit;
  private final Stopwatch stopwatch;

  /** The period of one resource, guarded by the lock of JOSDK's event processor. */
  static final class Period implements RateLimitState {
    private Stopwatch.Moment begin;
    private int reconciles;

    private Period(Stopwatch.Moment begin) {
      this.begin = begin;
    }
  }

  SteadyRateLimiter(Duration period, int limit, Stopwatch stopwatch) {
    this.period = period;
    this.limit = limit;
    this.stopwatch = stopwatch;
  }

  @Override
  public Period initState() {
    return new Period(stopwatch.now());
  }

  /** How long to wait, if so. */
  @Override
  public Optional<Duration> isLimited(RateLimitState state) {
    var current = (Period) state;
    var passed = stopwatch.since(current.begin);
    if (passed.compareTo(period) >= 0) {
      current.begin = stopwatch.now();
      current.reconciles = 0;
    } else if (current.reconciles >= limit) {
      return Optional.of(period.minus(passed));
    }
    current.reconciles++;
    return Optional.empty();
  }
}
