package dev.naru.bigquery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.api.client.http.javanet.NetHttpTransport;
import dev.naru.bigquery.fake.Call;
import dev.naru.bigquery.fake.FakeBigQuery;
import dev.naru.bigquery.fake.Fault;
import dev.naru.runfile.Warehouse;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WarehouseSessionTest {

  @Test
  void aLocalEndpointIsNeverGivenACredential() {
    try (var fake = FakeBigQuery.start();
        // opening it asks for an identity only by throwing an AssertionError
        var session = FakeWarehouse.open(fake, FakeWarehouse.of(fake))) {
      session.tables().ensureDataset("raw");
      session.bucket().put("x", new byte[1]);

      assertThat(fake.journal())
          .hasSize(3)
          .allSatisfy(call -> assertThat(call.headers()).doesNotContainKey("authorization"));
    }
  }

  @Test
  void withoutAnIdentityAPersonIsToldWhatToBind() {
    var real =
        new Warehouse(
            "data",
            "jobs",
            "EU",
            "gs://staging",
            "ops",
            Optional.of("marts@data.iam.gserviceaccount.com"),
            Optional.empty(),
            Map.of(),
            Optional.empty());

    assertThatThrownBy(
            () ->
                WarehouseSession.open(
                    real,
                    Map.of(),
                    Patience.until(Instant.now()),
                    CallObserver.NONE,
                    Owner.Kind.INGESTION_JOB,
                    Duration.ofSeconds(1),
                    () -> {
                      throw new IOException("Your default credentials were not found.");
                    },
                    new NetHttpTransport()))
        .isInstanceOf(ActionNeededFailure.class)
        .hasMessageContaining("Workload Identity");
  }

  @Test
  void aDatasetElsewhereIsNamedWithBothLocations() {
    try (var fake = FakeBigQuery.start();
        var session = FakeWarehouse.open(fake, FakeWarehouse.of(fake))) {
      session.tables().ensureDataset("raw");
      var elsewhere = moved(FakeWarehouse.of(fake));
      try (var other = FakeWarehouse.open(fake, elsewhere)) {
        assertThatThrownBy(() -> other.tables().ensureDataset("raw"))
            .isInstanceOf(ActionNeededFailure.class)
            .hasMessageContaining("lies in US")
            .hasMessageContaining("is EU");
      }
    }
  }

  @Test
  void throttlingAndServerErrorsAreRiddenOut() {
    try (var fake = FakeBigQuery.start();
        var session = FakeWarehouse.open(fake, FakeWarehouse.of(fake))) {
      for (var i = 0; i < 5; i++) {
        fake.fail(Call::mutates, 0, Fault.BEFORE);
      }
      session.tables().ensureDataset("raw");

      assertThat(fake.journal().stream().filter(Call::mutates)).hasSize(6);
    }
  }

  @Test
  void delaysGrowToTheirCapAndNeverPassIt() {
    var patience = Patience.until(Instant.now().plusSeconds(1));
    for (var attempt = 0; attempt < 70; attempt++) {
      var full = Math.min(32_000, attempt > 5 ? 32_000 : 1000L << attempt);
      assertThat(patience.delay(attempt).toMillis()).isBetween(full / 2, full);
    }
  }

  private static Warehouse moved(Warehouse w) {
    return new Warehouse(
        w.project(),
        w.billingProject(),
        "EU",
        w.stagingBucket(),
        w.opsDataset(),
        w.impersonateServiceAccount(),
        w.maxBytesBilledPerQuery(),
        w.labels(),
        w.localEndpoints());
  }
}
