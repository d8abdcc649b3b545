package dev.naru.operator.runtime;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Keeps what informers say of a kind that is not served out of the log: each of them says it every
 * few seconds, with a stack trace. {@link Definitions} tells it once. Named in {@code logback.xml}.
 */
public final class AbsentKinds extends Filter<ILoggingEvent> {

  private static final List<String> INFORMERS =
      List.of(
          "io.fabric8.kubernetes.client.informers.",
          "io.fabric8.kubernetes.client.dsl.internal.AbstractWatchManager",
          "io.javaoperatorsdk.");

  @Override
  public FilterReply decide(ILoggingEvent event) {
    return INFORMERS.stream().anyMatch(event.getLoggerName()::startsWith)
            && (answered(event.getArgumentArray()) || thrown(event.getThrowableProxy()))
        ? FilterReply.DENY
        : FilterReply.NEUTRAL;
  }

  private static boolean answered(Object[] arguments) {
    return arguments != null
        && Arrays.stream(arguments)
            .anyMatch(it -> it instanceof Status status && absent(status.getCode()));
  }

  private static boolean thrown(IThrowableProxy thrown) {
    for (var it = thrown; it != null; it = it.getCause()) {
      if (it instanceof ThrowableProxy proxy
          && proxy.getThrowable() instanceof KubernetesClientException e
          && absent(e.getCode())) {
        return true;
      }
    }
    return false;
  }

  private static boolean absent(Integer code) {
    return Objects.equals(code, HttpURLConnection.HTTP_NOT_FOUND);
  }
}
