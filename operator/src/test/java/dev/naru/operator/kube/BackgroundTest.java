package dev.naru.operator.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.naru.crds.v1alpha1.Warehouse;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class BackgroundTest {

  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
  private static final ResourceID WHO = new ResourceID("main", "rental");

  private final AtomicReference<Instant> now = new AtomicReference<>(BEGIN);
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger woken = new AtomicInteger();
  private final Background<String, Warehouse> background =
      new Background<>(String.class, "test", clock());

  BackgroundTest() {
    background.setEventHandler(_ -> woken.incrementAndGet());
  }

  @Test
  void whatIsNotSettledIsAskedAgainWhenItIsDue() {
    ask(1);
    ask(1);
    now.set(BEGIN.plusSeconds(2));
    ask(2);
  }

  @Test
  void anAppointmentOfAClockThatWasAnHourFastIsNotKept() {
    now.set(BEGIN.plus(Duration.ofHours(1)));
    ask(1);
    now.set(BEGIN);
    ask(2);
  }

  private void ask(int times) {
    background.ask(WHO, "reachable?", () -> "no " + asked.incrementAndGet(), _ -> false);
    await("the answer wakes").until(() -> woken.get() == times);
    assertThat(asked).hasValue(times);
  }

  private Clock clock() {
    return new Clock() {
      @Override
      public Instant instant() {
        return now.get();
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
