package dev.naru.operator.metrics;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.api.reconciler.RetryInfo;
import io.javaoperatorsdk.operator.processing.Controller;
import io.javaoperatorsdk.operator.processing.event.Event;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts and times reconciles. JOSDK's own Micrometer metrics label each start with the number of
 * the retry, which grows without bound, and put names of controllers into names of metrics.
 */
public final class ReconcileMetrics implements Metrics {

  private final Meters meters;
  private final Clock clock;

  /** By the controller's name, which is all that some callbacks tell. */
  private final Map<String, State> states = new ConcurrentHashMap<>();

  private record State(
      String kind, AtomicInteger waiting, AtomicInteger running, AtomicLong lastMillis) {}

  public ReconcileMetrics(Meters meters, Clock clock) {
    this.meters = meters;
    this.clock = clock;
  }

  @Override
  public void controllerRegistered(Controller<? extends HasMetadata> controller) {
    var kind = HasMetadata.getKind(controller.getConfiguration().getResourceClass());
    var state = new State(kind, new AtomicInteger(), new AtomicInteger(), new AtomicLong());
    states.put(controller.getConfiguration().getName(), state);
    meters.gauge(Metric.RECONCILE_QUEUE, state.waiting()::get, kind);
    meters.gauge(Metric.RECONCILES_RUNNING, state.running()::get, kind);
    meters.gauge(Metric.RECONCILE_LAST, () -> state.lastMillis().get() / 1000.0, kind);
    meters.announce(Metric.EVENTS_RECEIVED, kind);
  }

  @Override
  public void receivedEvent(Event event, Map<String, Object> metadata) {
    meters.count(Metric.EVENTS_RECEIVED, state(metadata).kind());
  }

  @Override
  public void reconcileCustomResource(
      HasMetadata resource, RetryInfo retry, Map<String, Object> metadata) {
    state(metadata).waiting().incrementAndGet();
  }

  @Override
  public void reconciliationExecutionStarted(HasMetadata resource, Map<String, Object> metadata) {
    state(metadata).waiting().decrementAndGet();
    state(metadata).running().incrementAndGet();
  }

  @Override
  public void reconciliationExecutionFinished(HasMetadata resource, Map<String, Object> metadata) {
    state(metadata).running().decrementAndGet();
    state(metadata).lastMillis().set(clock.millis());
  }

  @Override
  public <T> T timeControllerExecution(ControllerExecution<T> execution) throws Exception {
    var kind = states.get(execution.controllerName()).kind();
    var begin = System.nanoTime();
    var result = "failed";
    try {
      var value = execution.execute();
      result = "done";
      return value;
    } finally {
      meters.time(Metric.RECONCILES, Duration.ofNanos(System.nanoTime() - begin), kind, result);
    }
  }

  private State state(Map<String, Object> metadata) {
    return states.get((String) metadata.get("controller.name"));
  }
}
