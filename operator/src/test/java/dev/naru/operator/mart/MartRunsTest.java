package dev.naru.operator.mart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.MartRun;
import dev.naru.crds.v1alpha1.RunOutcome;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MartRunsTest {

  private static final String WAITS = "waits until fewer than " + MartRuns.AT_ONCE + " runs go on";

  private final FakeMarts marts = new FakeMarts();
  private final MartRuns runs = new MartRuns(marts, new TableLocks(), _ -> true, Clock.systemUTC());

  private MartRuns.Going start(DataMart mart) {
    var now = Instant.now();
    var run = new MartRun("s-1", now, null, now, now, null, RunOutcome.RUNNING, null, null, null);
    return runs.start(mart, RunPlan.of(Marts.resolved(mart), mart.getSpec(), run, List.of()));
  }

  private static DataMart numbered(int number) {
    var mart =
        Marts.mart(
            Marts.SMALL.replace("dataset: {name: store}", "dataset: {name: s" + number + "}"));
    mart.getMetadata().setName("store-" + number);
    return mart;
  }

  private static boolean waits(MartRuns.Going going) {
    return going.progress().tables().values().stream().allMatch(it -> it.message().equals(WAITS));
  }

  @Test
  void aThousandMartsOfOneMinuteDoNotAllRunAtOnce() {
    runs.setEventHandler(_ -> {});
    runs.start();
    var free = new CountDownLatch(1);
    marts.before =
        _ -> {
          try {
            free.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        };
    var begun =
        IntStream.range(0, MartRuns.AT_ONCE + 3).mapToObj(it -> start(numbered(it))).toList();
    await().until(() -> begun.stream().filter(MartRunsTest::waits).count() == 3);

    var stopped = begun.stream().filter(MartRunsTest::waits).findFirst().orElseThrow();
    stopped.progress().cancel();
    await().until(() -> stopped.report().isPresent());
    assertThat(stopped.report().orElseThrow().result()).isEqualTo(RunOutcome.CANCELLED);

    free.countDown();
    await().until(() -> begun.stream().allMatch(it -> it.report().isPresent()));
    assertThat(begun)
        .filteredOn(it -> !it.equals(stopped))
        .allMatch(it -> it.report().orElseThrow().result() == RunOutcome.SUCCEEDED);
  }
}
