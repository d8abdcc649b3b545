package dev.naru.operator.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.ModelServiceSpec;
import dev.naru.operator.it.Samples;
import dev.naru.operator.status.Conditions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class InputsTest {

  private static final Instant NOW = Instant.parse("2026-01-02T02:00:00Z");

  @Test
  void dataIsFreshUntilItIsOlderThanItMayBe() {
    var inputs = inputs("26h", "Report", Map.of("store", mart("2026-01-01T00:00:00Z")));
    assertThat(inputs.states().getFirst().fresh()).isTrue();
    assertThat(inputs.changesIn()).contains(Duration.ofSeconds(1));
    assertThat(inputs.holds()).isFalse();
    assertThat(condition(inputs)).isEqualTo("True Fresh");
  }

  @Test
  void oldDataIsToldAndHoldsARolloutWhereThatIsDeclared() {
    var marts = Map.of("store", mart("2026-01-01T00:00:00Z"));
    var reported = inputs("25h", "Report", marts);
    assertThat(condition(reported)).isEqualTo("False Stale");
    assertThat(reported.stale())
        .containsExactly(
            "DataMart store is complete up to 2026-01-01T00:00:00Z, which is longer ago than 25h");
    assertThat(reported.holds()).isFalse();
    assertThat(reported.changesIn()).isEmpty();
    assertThat(inputs("25h", "HoldRollout", marts).holds()).isTrue();
    assertThat(inputs("26h", "HoldRollout", marts).holds()).isFalse();
  }

  @Test
  void nothingPublishedIsStaleAndAMissingMartIsUnknown() {
    var unpublished = inputs("25h", "HoldRollout", Map.of("store", Samples.dataMart()));
    assertThat(condition(unpublished)).isEqualTo("False Stale");
    assertThat(unpublished.unmet()).containsExactly("DataMart store has published nothing yet");
    var missing = inputs("25h", "HoldRollout", Map.of());
    assertThat(condition(missing)).isEqualTo("Unknown DependencyMissing");
    assertThat(missing.unmet()).containsExactly("DataMart store does not exist");
    assertThat(missing.holds()).isTrue();
  }

  private static Inputs inputs(String staleness, String violation, Map<String, DataMart> marts) {
    var spec =
        Samples.read(
            ModelServiceSpec.class,
            "---\ninputs: [{dataMartRef: {name: store}, maxStaleness: %s, onViolation: %s}]"
                .formatted(staleness, violation));
    return Inputs.of(spec, name -> Optional.ofNullable(marts.get(name)), NOW);
  }

  private static DataMart mart(String through) {
    var mart = Samples.dataMart();
    mart.setStatus(
        Samples.read(dev.naru.crds.v1alpha1.DataMartStatus.class, "---\ndataThrough: " + through));
    return mart;
  }

  private static String condition(Inputs inputs) {
    var conditions = new Conditions(List.of(), 1, Clock.systemUTC());
    inputs.report(conditions, "rental");
    var condition = conditions.get("InputsFresh").orElseThrow();
    return switch (condition.status()) {
          case TRUE -> "True ";
          case FALSE -> "False ";
          case UNKNOWN -> "Unknown ";
        }
        + condition.reason();
  }
}
