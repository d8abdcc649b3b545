package dev.naru.operator.metrics;

import dev.naru.crds.v1alpha1.ConditionStatus;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.EnumMap;
import java.util.Map;

/** Gauges of one scrape, in the making. */
final class Gauges {

  private final Map<Metric, GaugeSnapshot.Builder> builders = new EnumMap<>(Metric.class);

  void set(Metric metric, long value, String... values) {
    var labels = metric.labels().stream().map(Label::key).toArray(String[]::new);
    builders
        .computeIfAbsent(
            metric, it -> GaugeSnapshot.builder().name(it.prometheusName()).help(it.meaning()))
        .dataPoint(
            GaugeSnapshot.GaugeDataPointSnapshot.builder()
                .labels(Labels.of(labels, values))
                .value((double) value)
                .build());
  }

  MetricSnapshots snapshots() {
    var snapshots = MetricSnapshots.builder();
    builders.values().forEach(it -> snapshots.metricSnapshot(it.build()));
    return snapshots.build();
  }

  /** As Kubernetes writes it. */
  static String status(ConditionStatus status) {
    return switch (status) {
      case TRUE -> "True";
      case FALSE -> "False";
      case UNKNOWN -> "Unknown";
    };
  }
}
