package dev.naru.operator.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ClockStepsTest {

  private final FakeTime time = new FakeTime();
  private final ClockSteps steps = new ClockSteps(time.stopwatch());

  @Test
  void timeThatPassesIsNoStep() {
    time.pass(Duration.ofHours(3));
    assertThat(steps.look()).isEmpty();
  }

  @Test
  void aClockThatIsKeptRightIsNoStep() {
    time.setWallClock(ClockSteps.NOTED);
    assertThat(steps.look()).isEmpty();
  }

  @Test
  void aStepIsToldOnceHoweverMuchTimePassed() {
    time.pass(Duration.ofSeconds(1));
    time.setWallClock(Duration.ofHours(-1));
    assertThat(steps.look()).contains(Duration.ofHours(-1));
    assertThat(steps.look()).isEmpty();
    time.pass(Duration.ofSeconds(1));
    time.setWallClock(Duration.ofSeconds(20));
    assertThat(steps.look()).contains(Duration.ofSeconds(20));
  }
}
