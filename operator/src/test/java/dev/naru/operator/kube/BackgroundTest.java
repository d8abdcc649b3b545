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
import java.util.List;
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
      new Background<>(String.class, "test", clock(), it -> "broke: " + it.getMessage());

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

  @Test
  void aCallThatThrowsIsAnAnswerAndIsAskedAgain() {
    for (var mistake : List.of(new IllegalStateException("ours"), new StackOverflowError("ours"))) {
      var who = new ResourceID(mistake.getClass().getSimpleName(), "rental");
      var before = woken.get();
      background.ask(who, "q", () -> thrown(mistake), _ -> false);
      await("the answer wakes").until(() -> woken.get() == before + 1);
      var answer = background.ask(who, "q", () -> "not asked", _ -> true).orElseThrow();
      assertThat(answer.value()).isEqualTo("broke: ours");
      assertThat(answer.retryAt()).hasValue(now.get().plusSeconds(2));
      now.set(now.get().plusSeconds(2));
      background.ask(who, "q", () -> "mended", _ -> true);
      await("the answer wakes").until(() -> woken.get() == before + 2);
      assertThat(background.ask(who, "q", () -> "", _ -> true).orElseThrow().value())
          .isEqualTo("mended");
    }
  }

  private static String thrown(Throwable mistake) throws Exception {
    switch (mistake) {
      case Exception e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalArgumentException(mistake);
    }
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
