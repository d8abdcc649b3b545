package dev.naru.operator.runtime;

import java.time.Duration;
import java.util.Optional;

/**
 * Notices that somebody set the wall clock. JOSDK's timers go by it: a resource that was to be
 * looked at again in a minute has to wait an hour more when the clock is set back by one. Not
 * thread-safe.
 */
final class ClockSteps {

  /** A clock that is kept right drifts by less between two looks. */
  static final Duration NOTED = Duration.ofSeconds(2);

  private final Stopwatch stopwatch;
  private Stopwatch.Moment last;

  ClockSteps(Stopwatch stopwatch) {
    this.stopwatch = stopwatch;
    this.last = stopwatch.now();
  }

  /** By how much it was set since the last look, forwards or back, if it was. */
  Optional<Duration> look() {
    var now = stopwatch.now();
    var step = Duration.between(last.wall(), now.wall()).minusNanos(now.nanos() - last.nanos());
    last = now;
    return Optional.of(step).filter(it -> it.abs().compareTo(NOTED) > 0);
  }
}
