package dev.naru.operator.runtime;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** Time that passes when the test says so; the wall clock can be set apart from it. */
final class FakeTime {

  private Duration passed = Duration.ZERO;
  private Duration set = Duration.ZERO;

  void pass(Duration time) {
    passed = passed.plus(time);
  }

  void setWallClock(Duration by) {
    set = set.plus(by);
  }

  Duration passed() {
    return passed;
  }

  Stopwatch stopwatch() {
    return new Stopwatch(() -> passed.toNanos(), clock());
  }

  Clock clock() {
    return new Clock() {
      @Override
      public Instant instant() {
        return Instant.parse("2026-01-01T00:00:00Z").plus(passed).plus(set);
      }

      @Override
      public ZoneId getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException();
      }
    };
  }
}
