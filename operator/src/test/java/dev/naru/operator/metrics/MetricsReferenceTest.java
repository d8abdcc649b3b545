package dev.naru.operator.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class MetricsReferenceTest {

  @Test
  void thePageIsThatOfTheCatalogue() throws IOException {
    var page = Path.of("../docs/metrics.md");
    if ("write".equals(System.getProperty("naru.golden"))) {
      Files.writeString(page, MetricsReference.markdown());
    }
    assertThat(Files.readString(page))
        .as("run this test with -Dnaru.golden=write and review the diff")
        .isEqualTo(MetricsReference.markdown());
  }

  @Test
  void namesFollowTheConventionsOfPrometheus() {
    assertThat(Metric.values())
        .allSatisfy(
            metric -> {
              assertThat(metric.prometheusName()).matches("(naru|jvm|process|system)(_[a-z0-9]+)+");
              switch (metric.type()) {
                case COUNTER -> assertThat(metric.prometheusName()).endsWith("_total");
                case HISTOGRAM, SUMMARY -> assertThat(metric.prometheusName()).endsWith("_seconds");
                case GAUGE -> assertThat(metric.prometheusName()).doesNotEndWith("_total");
              }
            });
    assertThat(Arrays.stream(Metric.values()).flatMap(it -> it.series().stream()))
        .doesNotHaveDuplicates();
  }

  @Test
  void onlyTheMetricsPerResourceCarryNamesOfResources() {
    assertThat(Metric.values())
        .allSatisfy(
            metric ->
                assertThat(metric.labels().contains(Label.RESOURCE_NAME))
                    .isEqualTo(metric.group() == Metric.Group.PER_RESOURCE));
  }
}
