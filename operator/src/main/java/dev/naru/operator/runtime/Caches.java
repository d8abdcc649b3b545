package dev.naru.operator.runtime;

import dev.naru.operator.metrics.Fleet;
import dev.naru.operator.metrics.Meters;
import dev.naru.operator.metrics.Metric;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.Controller;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.time.Clock;
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

  private static void sizes(Controller<?> controller, Meters meters) {
    meters.gauge(
        Metric.CACHED,
        () -> controller.getEventSourceManager().getControllerEventSource().list().count(),
        kind(controller),
        kind(controller));
    controller
        .getEventSourceManager()
        .getEventSourcesStream()
        .forEach(
            source -> {
              if (source instanceof InformerEventSource<?, ?> informer) {
                meters.gauge(
                    Metric.CACHED,
                    () -> informer.list().count(),
                    kind(controller),
                    HasMetadata.getKind(informer.resourceType()));
              }
            });
  }

  private static String kind(Controller<?> controller) {
    return HasMetadata.getKind(controller.getConfiguration().getResourceClass());
  }
}
