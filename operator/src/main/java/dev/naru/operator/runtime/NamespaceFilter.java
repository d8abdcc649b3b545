package dev.naru.operator.runtime;

import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
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
        ? nothing(execution)
        : timer.timeControllerExecution(execution);
  }

  @SuppressWarnings("unchecked")
  private static <T> T nothing(ControllerExecution<T> execution) {
    // JOSDK runs two things this way and tells them apart by name only
    return switch (execution.name()) {
      case "reconcile" -> (T) UpdateControl.noUpdate();
      case "cleanup" -> (T) DeleteControl.noFinalizerRemoval();
      default ->
          throw new IllegalStateException("neither reconcile nor cleanup: " + execution.name());
    };
  }
}
