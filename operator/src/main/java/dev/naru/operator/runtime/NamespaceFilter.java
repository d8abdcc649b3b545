package dev.naru.operator.runtime;

import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import java.util.function.Predicate;

/**
 * Keeps reconciles out of namespaces that are not selected. It stands before the reconcile itself,
 * so that nothing slips by: events, timers and retries of a namespace that was selected until now
 * end here.
 */
final class NamespaceFilter implements Metrics {

  private final Predicate<String> selected;
  private final Metrics timer;

  /**
   * A filter.
   *
   * @param timer times what passes
   */
  NamespaceFilter(Predicate<String> selected, Metrics timer) {
    this.selected = selected;
    this.timer = timer;
  }

  @Override
  public <T> T timeControllerExecution(ControllerExecution<T> execution) throws Exception {
    return execution.resourceID().getNamespace().filter(selected.negate()).isPresent()
        ? Gate.nothingDone(execution)
        : timer.timeControllerExecution(execution);
  }
}
