package dev.naru.operator.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

final class GateTest {

  private final FakeTime time = new FakeTime();
  private final Fence fence = new Fence(time.stopwatch());

  private final Gate gate =
      new Gate(
          new Metrics() {
            @Override
            public <T> T timeControllerExecution(ControllerExecution<T> execution)
                throws Exception {
              return execution.execute();
            }
          },
          fence);

  private int begun;

  @Test
  void nothingBeginsWhileTheLeaseIsNotSurelyOurs() throws Exception {
    assertThat(reconcile(this::done).isNoUpdate()).isTrue();
    assertThat(begun).isZero();
    lead();
    reconcile(this::done);
    assertThat(begun).isEqualTo(1);
    time.pass(Fence.TRUST);
    reconcile(this::done);
    assertThat(begun).as("stopped for longer than the fence trusts").isEqualTo(1);
  }

  @Test
  void aReconcileWhoseWriteWasHeldBackEndsQuietly() throws Exception {
    lead();
    var result =
        reconcile(
            () -> {
              throw new Fence.Closed("PATCH /status");
            });
    assertThat(result.isNoUpdate()).isTrue();
    assertThat(result.getScheduleDelay()).as("whoever leads wakes everything").isEmpty();
  }

  @Test
  void aConflictIsTriedAgainQuietlyAFewTimesAndThenTold() throws Exception {
    lead();
    for (var quiet = 0; quiet < 3; quiet++) {
      assertThat(reconcile(GateTest::conflict).getScheduleDelay()).isPresent();
    }
    assertThatThrownBy(() -> reconcile(GateTest::conflict))
        .isInstanceOf(KubernetesClientException.class)
        .hasMessage("changed");
    reconcile(this::done);
    assertThat(reconcile(GateTest::conflict).getScheduleDelay())
        .as("a success in between begins to count anew")
        .isPresent();
  }

  @Test
  void otherFailuresAreToldAsWhatTheyAre() {
    lead();
    var refused = new KubernetesClientException("forbidden", 403, null);
    assertThatThrownBy(
            () ->
                reconcile(
                    () -> {
                      throw refused;
                    }))
        .isSameAs(refused);
    assertThatThrownBy(
            () ->
                reconcile(
                    () -> {
                      throw new IllegalStateException("ours");
                    }))
        .hasMessage("ours");
  }

  @Test
  void aStopWaitsForWhatIsUnderWayAndLetsNothingElseBegin() throws Exception {
    lead();
    var inside = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    var running =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    reconcile(
                        () -> {
                          inside.countDown();
                          goOn.await();
                          return done();
                        });
                  } catch (Exception e) {
                    throw new IllegalStateException(e);
                  }
                });
    inside.await();
    assertThat(gate.close(Duration.ofMillis(20))).as("one is under way").isFalse();
    reconcile(this::done);
    assertThat(begun).as("none begins meanwhile").isZero();
    goOn.countDown();
    assertThat(gate.close(Duration.ofSeconds(10))).isTrue();
    running.join();
    assertThat(begun).isEqualTo(1);
  }

  private void lead() {
    fence.renewed(time.stopwatch().now());
  }

  private UpdateControl<?> done() {
    begun++;
    return UpdateControl.noUpdate();
  }

  private static UpdateControl<?> conflict() {
    throw new KubernetesClientException("changed", 409, null);
  }

  private UpdateControl<?> reconcile(Callable<UpdateControl<?>> work) throws Exception {
    return gate.timeControllerExecution(
        new Metrics.ControllerExecution<UpdateControl<?>>() {
          @Override
          public String name() {
            return "reconcile";
          }

          @Override
          public String controllerName() {
            return "ingestionjob";
          }

          @Override
          public String successTypeName(UpdateControl<?> result) {
            return "none";
          }

          @Override
          public ResourceID resourceID() {
            return new ResourceID("a", "b");
          }

          @Override
          public Map<String, Object> metadata() {
            return Map.of();
          }

          @Override
          public UpdateControl<?> execute() throws Exception {
            return work.call();
          }
        });
  }
}
