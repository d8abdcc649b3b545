package dev.naru.operator.mart;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that moves by what is waited, and by nothing else. */
final class WaitedClock extends Clock implements TableWork.Pause {

  private Instant now;

  WaitedClock(Instant now) {
    this.now = now;
  }

  @Override
  public synchronized void sleep(Duration time) {
    now = now.plus(time);
  }

  @Override
  public synchronized Instant instant() {
    return now;
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException();
  }
}
