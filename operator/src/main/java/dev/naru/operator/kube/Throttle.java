package dev.naru.operator.kube;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;

/** Does something no more often than once in a while; calls in between are dropped. */
public final class Throttle implements Runnable {

  private final Runnable what;
  private final Duration between;
  private final Clock clock;
  private final AtomicReference<Instant> last = new AtomicReference<>(Instant.MIN);

  public Throttle(Runnable what, Duration between, Clock clock) {
    this.what = what;
    this.between = between;
    this.clock = clock;
  }

  @Override
  public void run() {
    var now = clock.instant();
    var before = last.get();
    if (before.isBefore(now.minus(between)) && last.compareAndSet(before, now)) {
      what.run();
    }
  }
}
