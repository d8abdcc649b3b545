package dev.naru.operator.runtime;

import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.health.InformerHealthIndicator;
import io.javaoperatorsdk.operator.health.InformerWrappingEventSourceHealthIndicator;
import io.javaoperatorsdk.operator.processing.Controller;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What the kubelet is told about a process that has started. */
final class Health {

  private final Operator operator;
  private final Optional<Leadership> leadership;
  private final Canary canary;
  private final Watches watches;
  private final Coverage coverage;

  Health(
      Operator operator,
      Optional<Leadership> leadership,
      Canary canary,
      Watches watches,
      Coverage coverage) {
    this.operator = operator;
    this.leadership = leadership;
    this.canary = canary;
    this.watches = watches;
    this.coverage = coverage;
  }

  /**
   * Why the process should be started again. Nothing that only says "the API server does not
   * answer": starting again would not mend that, and costs full caches.
   */
  Optional<String> problem() {
    return leadership
        .flatMap(Leadership::problem)
        .or(
            () ->
                controllers()
                    .flatMap(it -> canary.sing(it).stream())
                    .findFirst()
                    .map(kind -> "controller " + kind + " does not reconcile"));
  }

  /** Why the process sees nothing, or not everything, of what happens. */
  Optional<String> notReady() {
    var empty = emptyCaches();
    if (!empty.isEmpty()) {
      return Optional.of("caches are not full: " + empty);
    }
    // an informer calls itself watching from the first event on, which may take a minute
    var wanted = informers().values().stream().mapToLong(List::size).sum() + coverage.watches();
    return watches.open() < wanted
        ? Optional.of("%d of %d watches are open".formatted(watches.open(), wanted))
        : Optional.empty();
  }

  /** Event sources whose cache is not known to be full. */
  List<String> emptyCaches() {
    return informers().entrySet().stream()
        .filter(it -> it.getValue().stream().anyMatch(one -> !one.hasSynced() || !one.isRunning()))
        .map(Map.Entry::getKey)
        .toList();
  }

  private Map<String, List<InformerHealthIndicator>> informers() {
    var found = new TreeMap<String, List<InformerHealthIndicator>>();
    controllers()
        .forEach(
            controller ->
                controller
                    .getControllerHealthInfo()
                    .informerEventSourceHealthIndicators()
                    .forEach(
                        (name, source) ->
                            found.put(
                                controller.getConfiguration().getName() + "/" + name,
                                indicators(source))));
    return found;
  }

  private Stream<Controller<?>> controllers() {
    return operator.getRegisteredControllers().stream().map(it -> (Controller<?>) it);
  }

  private static List<InformerHealthIndicator> indicators(
      InformerWrappingEventSourceHealthIndicator<?> source) {
    return List.copyOf(source.informerHealthIndicators().values());
  }
}
