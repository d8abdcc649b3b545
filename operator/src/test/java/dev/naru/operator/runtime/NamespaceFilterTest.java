package dev.naru.operator.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class NamespaceFilterTest {

  private final NamespaceFilter filter =
      new NamespaceFilter(Set.of("selected")::contains, Metrics.NOOP);

  @Test
  void aReconcileInASelectedNamespacePasses() throws Exception {
    assertThat(filter.timeControllerExecution(execution("reconcile", "selected", "done")))
        .isEqualTo("done");
  }

  @Test
  void anyOtherDoesNothingAndIsNotPlannedAgain() throws Exception {
    UpdateControl<?> control =
        filter.timeControllerExecution(
            execution("reconcile", "other", UpdateControl.noUpdate().rescheduleAfter(1)));
    assertThat(control.isNoUpdate()).isTrue();
    assertThat(control.getScheduleDelay()).isEmpty();
  }

  @Test
  void aCleanupInAnyOtherKeepsTheFinalizer() throws Exception {
    var control =
        filter.timeControllerExecution(
            execution("cleanup", "other", DeleteControl.defaultDelete()));
    assertThat(control.isRemoveFinalizer()).isFalse();
  }

  private static <T> Metrics.ControllerExecution<T> execution(
      String name, String namespace, T result) {
    return new Metrics.ControllerExecution<>() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public String controllerName() {
        return "any";
      }

      @Override
      public String successTypeName(T value) {
        return "any";
      }

      @Override
      public ResourceID resourceID() {
        return new ResourceID("any", namespace);
      }

      @Override
      public Map<String, Object> metadata() {
        return Map.of();
      }

      @Override
      public T execute() {
        return result;
      }
    };
  }
}
