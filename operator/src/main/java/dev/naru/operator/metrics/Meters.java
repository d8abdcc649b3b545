package dev.naru.operator.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.MultiCollector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The operator's meters: only those of the catalogue, with exactly its labels. */
public final class Meters implements AutoCloseable {

  private static final Duration[] RECONCILE_BUCKETS = {
    Duration.ofMillis(5),
    Duration.ofMillis(20),
    Duration.ofMillis(100),
    Duration.ofMillis(500),
    Duration.ofSeconds(2),
    Duration.ofSeconds(10)
  };

  private static final Duration[] RUN_BUCKETS = {
    Duration.ofSeconds(30),
    Duration.ofMinutes(1),
    Duration.ofMinutes(3),
    Duration.ofMinutes(10),
    Duration.ofMinutes(30),
    Duration.ofHours(1),
    Duration.ofHours(3),
    Duration.ofHours(6)
  };

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics collector = new JvmGcMetrics();

  /**
   * Meters of this process.
   *
   * @param version of the operator
   * @param commit its image was built from
   */
  public Meters(String version, String commit) {
    new JvmMemoryMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    collector.bindTo(registry);
    gauge(Metric.BUILD_INFO, () -> 1, version, commit);
  }

  /** Adds to a counter. */
  public void count(Metric metric, double amount, String... values) {
    counter(metric, values).increment(amount);
  }

  /** Adds one to a counter. */
  public void count(Metric metric, String... values) {
    count(metric, 1, values);
  }

  /** Shows a counter as 0 already before it counts: Prometheus sees no rise in a new series. */
  public void announce(Metric metric, String... values) {
    counter(metric, values);
  }

  private Counter counter(Metric metric, String... values) {
    return Counter.builder(metric.meterName())
        .description(metric.meaning())
        .tags(tags(metric, values))
        .register(registry);
  }

  /** Records how long something took. */
  public void time(Metric metric, Duration duration, String... values) {
    timer(metric, values).record(duration);
  }

  private Timer timer(Metric metric, String... values) {
    return Timer.builder(metric.meterName())
        .description(metric.meaning())
        .tags(tags(metric, values))
        .serviceLevelObjectives(metric == Metric.RUN_DURATION ? RUN_BUCKETS : RECONCILE_BUCKETS)
        .register(registry);
  }

  /** Shows a value that is asked for at each scrape. */
  public void gauge(Metric metric, Supplier<Number> value, String... values) {
    Gauge.builder(metric.meterName(), value)
        .description(metric.meaning())
        .tags(tags(metric, values))
        .strongReference(true)
        .register(registry);
  }

  /** Adds what is computed as a whole at each scrape. */
  public void collect(MultiCollector collector) {
    registry.getPrometheusRegistry().register(collector);
  }

  /** How many times something was recorded, over all labels. */
  public double recorded(Metric metric, String label, String value) {
    return registry.find(metric.meterName()).tag(label, value).timers().stream()
        .mapToLong(Timer::count)
        .sum();
  }

  /** Everything, in Prometheus' text format. */
  public String scrape() {
    return registry.scrape();
  }

  private static List<Tag> tags(Metric metric, String... values) {
    var labels = metric.labels();
    if (labels.size() != values.length) {
      throw new IllegalArgumentException(
          "%s has the labels %s, not %d".formatted(metric, labels, values.length));
    }
    var tags = new ArrayList<Tag>();
    for (var i = 0; i < values.length; i++) {
      tags.add(Tag.of(labels.get(i).key(), values[i]));
    }
    return tags;
  }

  @Override
  public void close() {
    collector.close();
    registry.close();
  }
}
