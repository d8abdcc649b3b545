package dev.naru.operator.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.spi.FilterReply;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.internal.AbstractWatchManager;
import io.fabric8.kubernetes.client.informers.impl.cache.Reflector;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class AbsentKindsTest {

  private static final Class<?> INFORMER = Reflector.class;

  @Test
  void whatAnInformerSaysOfAKindThatIsNotServedIsNotWritten() {
    assertThat(decide(INFORMER, answer(404))).isEqualTo(FilterReply.DENY);
    assertThat(decide(INFORMER, new CompletionException(answer(404)))).isEqualTo(FilterReply.DENY);
  }

  @Test
  void norWhatItsWatchSays() {
    assertThat(watch(404)).isEqualTo(FilterReply.DENY);
    assertThat(watch(500)).isEqualTo(FilterReply.NEUTRAL);
  }

  @Test
  void everythingElseIs() {
    assertThat(decide(INFORMER, answer(403))).isEqualTo(FilterReply.NEUTRAL);
    assertThat(decide(INFORMER, answer(0))).isEqualTo(FilterReply.NEUTRAL);
    assertThat(decide(INFORMER, null)).isEqualTo(FilterReply.NEUTRAL);
    assertThat(decide(Definitions.class, answer(404))).isEqualTo(FilterReply.NEUTRAL);
  }

  private static KubernetesClientException answer(int code) {
    return new KubernetesClientException("Failure executing: GET", code, null);
  }

  private static FilterReply decide(Class<?> logger, Throwable thrown) {
    return decide(logger, "{} failed, will retry", thrown, "listSyncAndWatch");
  }

  private static FilterReply watch(int code) {
    return decide(
        AbstractWatchManager.class,
        "Error received: {}, will retry",
        null,
        new StatusBuilder().withCode(code).build());
  }

  private static FilterReply decide(
      Class<?> logger, String message, Throwable thrown, Object argument) {
    return new AbsentKinds()
        .decide(
            new LoggingEvent(
                "",
                (Logger) LoggerFactory.getLogger(logger),
                Level.WARN,
                message,
                thrown,
                new Object[] {argument}));
  }
}
