package dev.naru.operator.kube;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.processing.Controller;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.source.controller.ResourceEvent;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Resources that one reconciler has in its cache, for another that wants to see them too: nothing
 * is watched, or kept in memory, twice. JOSDK tells of its controllers and their events where it
 * lets them be measured.
 */
public final class SharedCaches implements Metrics {

  private final Map<Class<?>, Controller<?>> controllers = new ConcurrentHashMap<>();
  private final Map<Class<?>, List<Consumer<HasMetadata>>> listeners = new ConcurrentHashMap<>();

  /** Resources of a kind in a namespace; none when nobody reconciles this kind. */
  public <R extends HasMetadata> Stream<R> in(Class<R> kind, String namespace) {
    var controller = controllers.get(kind);
    return controller == null
        ? Stream.empty()
        : controller
            .getEventSourceManager()
            .getControllerEventSource()
            .list(namespace, _ -> true)
            .map(kind::cast);
  }

  /**
   * Wants to be told of each resource of a kind that comes, goes or changes so that it is
   * reconciled; the cache knows of it by then.
   *
   * @param listener must be quick
   */
  public <R extends HasMetadata> void listen(Class<R> kind, Consumer<R> listener) {
    listeners
        .computeIfAbsent(kind, _ -> new CopyOnWriteArrayList<>())
        .add(it -> listener.accept(kind.cast(it)));
  }

  @Override
  public void controllerRegistered(Controller<? extends HasMetadata> controller) {
    controllers.put(controller.getConfiguration().getResourceClass(), controller);
  }

  @Override
  public void receivedEvent(Event event, Map<String, Object> metadata) {
    if (event instanceof ResourceEvent of) {
      of.getResource()
          .ifPresent(
              it ->
                  listeners
                      .getOrDefault(it.getClass(), List.of())
                      .forEach(listener -> listener.accept(it)));
    }
  }
}
