package dev.naru.operator.metrics;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.stream.Collectors;

/** Writes docs/metrics.md from the catalogue. Pure. */
public final class MetricsReference {

  private static final String HEAD =
      """
      # Metrics

      Generated from `dev.naru.operator.metrics.Metric`; a test compares the tables with what a running operator
      exposes. The operator serves them on port 8080 at `/metrics`, without authentication and without any name of a
      resource, unless `metrics.perResource` asks for it.

      A histogram is exposed as `…_bucket`, `…_count`, `…_sum` and `…_max`, a summary without the buckets.

      **Workers** are pods that live for minutes: nothing scrapes them in time, and a push gateway would keep the
      figures of pods long gone. What they carried comes with the result of the run, as termination message or from the
      ledger, and is counted by the operator (`naru_run_…`). How a running one gets on is in its log
      ([logs](logs.md)).

      **Dashboard and alerts** ship with the chart: `dashboard.enabled`, `alerts.kind`. What to do for each alert is in
      [alerts](alerts.md).
      """;

  private MetricsReference() {}

  /** The whole page. */
  public static String markdown() {
    return HEAD
        + Arrays.stream(Metric.Group.values())
            .map(MetricsReference::table)
            .collect(Collectors.joining())
        + labels();
  }

  private static String table(Metric.Group group) {
    return "\n## "
        + group.title()
        + "\n\n"
        + group.note()
        + "\n\n| metric | type | labels | meaning |\n|---|---|---|---|\n"
        + Arrays.stream(Metric.values())
            .filter(it -> it.group() == group)
            .map(MetricsReference::row)
            .collect(Collectors.joining());
  }

  private static String row(Metric metric) {
    return "| `%s` | %s | %s | %s |\n"
        .formatted(
            metric.prometheusName(),
            switch (metric.type()) {
              case COUNTER -> "counter";
              case GAUGE -> "gauge";
              case HISTOGRAM -> "histogram";
              case SUMMARY -> "summary";
            },
            metric.labels().stream()
                .map(it -> "`" + it.key() + "`")
                .collect(Collectors.joining(", ")),
            metric.meaning());
  }

  private static String labels() {
    var rows = new LinkedHashSet<String>();
    for (var label : Label.values()) {
      var values = label.allowed().map(all -> ": `" + String.join("`, `", all) + "`").orElse("");
      rows.add("| `%s` | %s%s |\n".formatted(label.key(), label.meaning(), values));
    }
    return "\n## Labels\n\n| label | meaning |\n|---|---|\n" + String.join("", rows);
  }
}
