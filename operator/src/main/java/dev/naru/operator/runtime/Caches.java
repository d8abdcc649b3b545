package dev.naru.operator.runtime;

import dev.naru.operator.metrics.Fleet;
import dev.naru.operator.metrics.Meters;
import dev.naru.operator.metrics.Metric;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.Controller;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What the controllers keep in memory, shown as metrics. */
record Caches(List<Controller<?>> controllers, Coverage coverage) {

  /** Adds the metrics that are computed from the caches. */
  void show(Meters meters, BooleanSupplier leading, boolean perResource, Clock clock) {
    meters.gauge(Metric.LEADER, () -> leading.getAsBoolean() ? 1 : 0);
    meters.gauge(Metric.NAMESPACES_UNWATCHED, coverage::unwatched);
    controllers.forEach(it -> sizes(it, meters));
    meters.collect(new Fleet(resources(), leading, perResource, clock));
  }

  private Map<String, Supplier<Stream<? extends HasMetadata>>> resources() {
    var resources = new TreeMap<String, Supplier<Stream<? extends HasMetadata>>>();
    controllers.forEach(
        it ->
            resources.put(
                kind(it),
                () ->
                    it.getEventSourceManager()
                        .getControllerEventSource()
                        .list(
                            resource -> coverage.contains(resource.getMetadata().getNamespace()))));
    return resources;
  }

  /** A controller may have several caches of one kind, its own among them: they count together. */
  private static void sizes(Controller<?> controller, Meters meters) {
    var caches = new TreeMap<String, List<Supplier<Stream<?>>>>();
    var sources = controller.getEventSourceManager();
    add(caches, kind(controller), () -> sources.getControllerEventSource().list());
    sources
        .getEventSourcesStream()
        .forEach(
            source -> {
              if (source instanceof InformerEventSource<?, ?> informer) {
                add(caches, HasMetadata.getKind(informer.resourceType()), informer::list);
              }
            });
    caches.forEach(
        (kind, all) ->
            meters.gauge(
                Metric.CACHED,
                () -> all.stream().mapToLong(it -> it.get().count()).sum(),
                kind(controller),
                kind));
  }

  private static void add(
      Map<String, List<Supplier<Stream<?>>>> caches, String kind, Supplier<Stream<?>> cache) {
    caches.computeIfAbsent(kind, _ -> new ArrayList<>()).add(cache);
  }

  private static String kind(Controller<?> controller) {
    return HasMetadata.getKind(controller.getConfiguration().getResourceClass());
  }
}
