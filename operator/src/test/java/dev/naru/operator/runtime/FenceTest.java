package dev.naru.operator.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class FenceTest {

  private final FakeTime time = new FakeTime();
  private final Fence fence = new Fence(time.stopwatch());

  @Test
  void closedUntilTheLeaseIsOurs() {
    assertThat(fence.open()).isFalse();
    fence.renewed(time.stopwatch().now());
    assertThat(fence.open()).isTrue();
  }

  @Test
  void closesByItselfBeforeAnyoneElseMayLead() {
    fence.renewed(time.stopwatch().now());
    time.pass(Fence.TRUST.minusMillis(1));
    assertThat(fence.open()).isTrue();
    time.pass(Duration.ofMillis(1));
    assertThat(fence.open()).isFalse();
    assertThat(Fence.TRUST).isLessThan(Election.LEASE);
  }

  @Test
  void aWallClockSetBackDoesNotKeepItOpen() {
    fence.renewed(time.stopwatch().now());
    time.setWallClock(Duration.ofHours(-1));
    time.pass(Fence.TRUST);
    assertThat(fence.open()).isFalse();
  }

  @Test
  void aSuspendedMachineWhoseMonotonicClockStoodStillFindsItClosed() {
    fence.renewed(time.stopwatch().now());
    time.setWallClock(Duration.ofMinutes(5));
    assertThat(fence.open()).isFalse();
  }

  @Test
  void readsPassAndWritesAreHeldBack() {
    HttpClient.Factory clients = new JdkHttpClientFactory();
    try (var http = clients.newBuilder().build()) {
      var request = http.newHttpRequestBuilder().uri("https://api/apis/batch/v1/jobs");
      fence.before(request, request.build(), null);
      var write = request.post("application/json", "{}").build();
      assertThatThrownBy(() -> fence.before(request, write, null))
          .isInstanceOf(Fence.Closed.class)
          .hasMessageContaining("POST /apis/batch/v1/jobs");
      fence.renewed(time.stopwatch().now());
      fence.before(request, write, null);
      fence.close();
      assertThatThrownBy(() -> fence.before(request, write, null)).isInstanceOf(Fence.Closed.class);
    }
  }

  @Test
  void withoutAnElectionItStandsOpen() {
    fence.remove();
    time.pass(Duration.ofDays(1));
    assertThat(fence.open()).isTrue();
  }

  @Test
  void itsRefusalIsRecognisedHoweverItIsWrapped() {
    var closed = new Fence.Closed("PATCH /x");
    assertThat(Fence.Closed.in(new IllegalStateException(new RuntimeException(closed))))
        .containsSame(closed);
    assertThat(Fence.Closed.in(new IllegalStateException("other"))).isEmpty();
  }
}
