package dev.naru.operator.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.crds.v1alpha1.IngestionJob;
import dev.naru.operator.it.Samples;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class LatenessTest {

  private final Lateness lateness = new Lateness();

  @Test
  void aTimeoutOfATemplateCountsAndOneThatChangesIsSeen() {
    assertThat(lateness.due(job("4h"))).contains(Instant.parse("2026-12-31T23:02:00Z"));
    assertThat(lateness.due(job("2h (template nightly)")))
        .contains(Instant.parse("2026-12-31T21:02:00Z"));
    assertThat(lateness.due(job("90m (cluster default)")))
        .contains(Instant.parse("2026-12-31T20:32:00Z"));
  }

  private static IngestionJob job(String timeout) {
    var job =
        Samples.read(
            IngestionJob.class,
            io.fabric8.kubernetes.client.utils.Serialization.asYaml(Samples.ingestionJob())
                + "status: {effective: {spec.timeout: %s}}\n".formatted(timeout));
    job.getMetadata().setUid("u");
    job.getMetadata().setGeneration(1L);
    job.getMetadata().setCreationTimestamp("2026-06-01T00:00:00Z");
    return job;
  }
}
