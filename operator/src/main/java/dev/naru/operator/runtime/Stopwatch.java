package dev.naru.operator.runtime;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;

/**
 * Tells how much time has passed, by two clocks. The monotonic one cannot be set, and goes on while
 * the process is stopped by a signal; the wall clock also sees the time in which the whole machine
 * was suspended.
 *
 * @param ticks monotonic nanoseconds
 * @param clock the wall clock
 */
record Stopwatch(LongSupplier ticks, Clock clock) {

  /** A point in time, told by both clocks. */
  record Moment(long nanos, Instant wall) {}

  static Stopwatch of(Clock clock) {
    return new Stopwatch(System::nanoTime, clock);
  }

  Moment now() {
    return new Moment(ticks.getAsLong(), clock.instant());
  }

  /** How long ago, by the clock that nobody can set. */
  Duration since(Moment moment) {
    return Duration.ofNanos(ticks.getAsLong() - moment.nanos());
  }

  /** How long ago at most: the longer of the two. */
  Duration atMostSince(Moment moment) {
    var steady = since(moment);
    var wall = Duration.between(moment.wall(), clock.instant());
    return wall.compareTo(steady) > 0 ? wall : steady;
  }
}
