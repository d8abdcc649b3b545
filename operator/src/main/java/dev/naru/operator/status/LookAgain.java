package dev.naru.operator.status;

import java.time.Duration;
import java.util.Optional;

/** When a resource is to be looked at again though nothing wakes: the earliest wish counts. */
public final class LookAgain {

  /** What is due already is due in a moment: no reconcile follows another at once. */
  private static final Duration SOONEST = Duration.ofSeconds(1);

  private Optional<Duration> delay = Optional.empty();

  /** Wishes to look again after a time, or earlier. */
  public void in(Duration time) {
    var wish = time.isPositive() ? time : SOONEST;
    delay = delay.filter(known -> known.compareTo(wish) <= 0).or(() -> Optional.of(wish));
  }

  /** The earliest wish; empty when there was none. */
  public Optional<Duration> delay() {
    return delay;
  }
}
