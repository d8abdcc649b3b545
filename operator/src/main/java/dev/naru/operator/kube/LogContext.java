package dev.naru.operator.kube;

import java.util.Map;
import java.util.Optional;
import org.slf4j.MDC;

/**
 * Which resource a line of log belongs to, carried to another thread.
 *
 * @param fields of the thread that it was taken from
 */
public record LogContext(Map<String, String> fields) {

  /** That of this thread. */
  public static LogContext here() {
    return new LogContext(Optional.ofNullable(MDC.getCopyOfContextMap()).orElse(Map.of()));
  }

  /** Makes it that of this thread. */
  public void enter() {
    MDC.setContextMap(fields);
  }
}
