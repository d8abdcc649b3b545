package dev.naru.operator.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class SteadyRateLimiterTest {

  private static final Duration PERIOD = Duration.ofSeconds(1);

  private final FakeTime time = new FakeTime();
  private final SteadyRateLimiter limiter = new SteadyRateLimiter(PERIOD, 2, time.stopwatch());
  private final SteadyRateLimiter.Period state = limiter.initState();

  @Test
  void oneTooManyWaitsForTheRestOfThePeriod() {
    time.pass(Duration.ofMillis(300));
    expectLimit(Optional.empty());
    expectLimit(Optional.empty());
    expectLimit(Optional.of(Duration.ofMillis(700)));
    time.pass(Duration.ofMillis(700));
    expectLimit(Optional.empty());
    expectLimit(Optional.empty());
    expectLimit(Optional.of(PERIOD));
  }

  @Test
  void eachResourceHasALimitOfItsOwn() {
    expectLimit(Optional.empty());
    expectLimit(Optional.empty());

    assertThat(limiter.isLimited(limiter.initState())).isEmpty();
  }

  @Test
  void aWallClockThatIsSetBackHoldsNobodyUp() {
    time.setWallClock(Duration.ofHours(1));
    time.pass(PERIOD);
    expectLimit(Optional.empty());
    expectLimit(Optional.empty());
    time.setWallClock(Duration.ofHours(-1));

    time.pass(PERIOD);
    expectLimit(Optional.empty());
  }

  private void expectLimit(Optional<Duration> wait) {
    assertThat(limiter.isLimited(state)).isEqualTo(wait);
  }
}
