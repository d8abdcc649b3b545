package dev.naru.operator.runtime;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.processing.Controller;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.controller.ControllerEventSource;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Proves that reconciling goes on: wakes one resource of each kind by an event inside the process
 * and waits for its reconcile to begin. Nothing is written. A controller that lost its threads or
 * its queue does not answer, however healthy its informers say they are.
 */
final class Canary implements Metrics {

  /** An answer may take this long: a reconcile under way has to end first. */
  static final Duration PATIENCE = Duration.ofMinutes(3);

  private final Stopwatch stopwatch;
  private final Map<String, Song> waiting = new ConcurrentHashMap<>();

  private record Song(ResourceID resource, Stopwatch.Moment since) {}

  Canary(Stopwatch stopwatch) {
    this.stopwatch = stopwatch;
  }

  /** Wakes one resource of the kind; the kind whose answer is overdue, if it is. */
  Optional<String> sing(Controller<?> controller) {
    var kind = controller.getConfiguration().getName();
    var known = waiting.get(kind);
    ControllerEventSource<?> resources =
        controller.getEventSourceManager().getControllerEventSource();
    if (known != null && resources.get(known.resource()).isEmpty()) {
      // deleted meanwhile: nobody is left to answer
      waiting.remove(kind, known);
      known = null;
    }
    if (known != null) {
      // a clock set forward may cost one failed probe; a machine that slept must not hide a stuck
      // thread
      return stopwatch.atMostSince(known.since()).compareTo(PATIENCE) > 0
          ? Optional.of(kind)
          : Optional.empty();
    }
    resources
        .keys()
        .findFirst()
        .ifPresent(
            resource -> {
              waiting.put(kind, new Song(resource, stopwatch.now()));
              controller.getEventProcessor().handleEvent(new Event(resource));
            });
    return Optional.empty();
  }

  @Override
  public void reconciliationExecutionStarted(HasMetadata resource, Map<String, Object> metadata) {
    var answered = ResourceID.fromResource(resource);
    waiting.values().removeIf(song -> song.resource().equals(answered));
  }
}
