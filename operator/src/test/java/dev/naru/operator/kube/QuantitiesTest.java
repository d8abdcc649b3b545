package dev.naru.operator.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Quantity;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class QuantitiesTest {

  @ParameterizedTest
  @CsvSource({
    "1000m, 1", "0.5, 500m", "1500m, 1500m", "2, 2", "1024Mi, 1Gi", "1536Mi, 1536Mi",
        "1.5Gi, 1536Mi",
    "512Mi, 512Mi", "1000M, 1G", "1000, 1k", "0, 0", "0Mi, 0", "100Ki, 100Ki", "1023Ki, 1023Ki",
    "0.1, 100m", "1e3, 1k", "0.25Gi, 256Mi", "1000000n, 1m"
  })
  void quantitiesAreWrittenAsTheApiServerStoresThem(String written, String stored) {
    assertThat(Quantities.canonical(Quantity.parse(written))).hasToString(stored);
  }
}
