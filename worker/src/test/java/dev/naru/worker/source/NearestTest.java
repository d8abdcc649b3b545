package dev.naru.worker.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {

  @Test
  void findsWhatWasMeant() {
    assertThat(Nearest.to("reservation", List.of("cars", "reservations", "zones")))
        .contains("reservations");
    assertThat(Nearest.to("Cars", List.of("cars"))).contains("cars");
    assertThat(Nearest.to("payments", List.of("cars", "zones"))).isEmpty();
  }

  @Test
  void namesWhatThereIsWhenNothingIsNear() {
    assertThat(Nearest.hint("payments", List.of("zones", "cars")))
        .isEqualTo("; there is: cars, zones.");
    assertThat(Nearest.hint("payments", List.of())).contains("none");
    assertThat(Nearest.distance("kitten", "sitting")).isEqualTo(3);
  }
}
