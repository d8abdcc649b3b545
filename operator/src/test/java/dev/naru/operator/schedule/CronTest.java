package dev.naru.operator.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.operator.schedule.Cron.InvalidSchedule;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CronTest {

  /** The expected times are those of robfig/cron v3.0.1, which the CronJob controller uses. */
  @ParameterizedTest(name = "{0} {1} after {2}")
  @CsvFileSource(resources = "/cron.csv", delimiter = '|', numLinesToSkip = 1)
  void theNextFiringIsThatOfTheCronJobController(
      String expression, String zone, String after, String expected) {
    assertThat(Cron.parse(expression, zone).next(Instant.parse(after)).map(Instant::toString))
        .contains(expected);
  }

  @Test
  void aDayThatNeverComesHasNoFiring() {
    assertThat(Cron.parse("0 0 30 2 *", "UTC").next(Instant.parse("2026-01-01T00:00:00Z")))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "* * * *",
        "* * * * * *",
        "60 * * * *",
        "0 24 * * *",
        "0 0 0 * *",
        "0 0 * * 7",
        "a * * * *",
        "0 0 * FOO *"
      })
  void whatIsNoExpressionIsRefusedWithTheFieldAndAnExample(String expression) {
    assertThatThrownBy(() -> Cron.parse(expression, "UTC"))
        .isInstanceOfSatisfying(
            InvalidSchedule.class, it -> assertThat(it.field()).isEqualTo("cron"))
        .hasMessageContaining("write five fields");
  }

  @Test
  void anUnknownZoneIsRefusedWithAnExample() {
    assertThatThrownBy(() -> Cron.parse("0 4 * * *", "Asia/Soul"))
        .isInstanceOfSatisfying(
            InvalidSchedule.class, it -> assertThat(it.field()).isEqualTo("timeZone"))
        .hasMessageContaining("'Asia/Soul'")
        .hasMessageContaining("Asia/Seoul");
  }
}
