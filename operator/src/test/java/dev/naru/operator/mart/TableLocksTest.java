package dev.naru.operator.mart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class TableLocksTest {

  private final TableLocks locks = new TableLocks();
  private final List<String> order = Collections.synchronizedList(new ArrayList<>());

  private TableLocks.Claim take(String owner, String... tables) {
    return locks.acquire(owner, Set.of(tables), () -> true, _ -> {}).orElseThrow();
  }

  /** Asks in a thread of its own; returns once it waits. */
  private Thread waiting(String owner, String... tables) throws InterruptedException {
    var waits = new CountDownLatch(1);
    var thread =
        Thread.ofVirtual()
            .start(
                () -> {
                  try (var _ =
                      locks
                          .acquire(owner, Set.of(tables), () -> true, _ -> waits.countDown())
                          .orElseThrow()) {
                    order.add(owner);
                  }
                });
    assertThat(waits.await(5, TimeUnit.SECONDS)).as(owner + " waits").isTrue();
    return thread;
  }

  @Test
  void anotherWritesOnlyWhenTheTableIsFree() throws InterruptedException {
    var first = take("run", "a", "b");
    var second = waiting("backfill", "b", "c");
    assertThat(order).isEmpty();
    first.close();
    second.join();
    assertThat(order).containsExactly("backfill");
  }

  @Test
  void otherTablesAreFree() {
    try (var _ = take("run", "a");
        var _ = take("backfill", "b")) {
      assertThat(order).isEmpty();
    }
  }

  @Test
  void oneOwnerGoesSideBySideButDoesNotOvertakeWhoWaits() throws InterruptedException {
    var first = take("backfill", "a");
    var second = take("backfill", "a");
    var run = waiting("run", "a");
    var third = waiting("backfill", "a");
    first.close();
    second.close();
    run.join();
    third.join();
    assertThat(order).containsExactly("run", "backfill");
  }

  @Test
  void whoGivesUpIsInNobodysWay() throws InterruptedException {
    var first = take("backfill", "a");
    var wanted = new AtomicBoolean(true);
    var waits = new CountDownLatch(1);
    var ended = new CountDownLatch(1);
    Thread.ofVirtual()
        .start(
            () -> {
              if (locks
                  .acquire("run", Set.of("a"), wanted::get, _ -> waits.countDown())
                  .isEmpty()) {
                ended.countDown();
              }
            });
    assertThat(waits.await(5, TimeUnit.SECONDS)).isTrue();
    wanted.set(false);
    assertThat(ended.await(5, TimeUnit.SECONDS)).isTrue();
    take("backfill", "a").close();
    first.close();
    take("other", "a").close();
  }

  @Test
  void whoWaitsLearnsForWhom() {
    try (var _ = take("run s-1 of DataMart rental/store", "a")) {
      var told = new ArrayList<String>();
      assertThat(locks.acquire("backfill", Set.of("a"), told::isEmpty, told::add)).isEmpty();
      assertThat(told).containsExactly("run s-1 of DataMart rental/store");
    }
  }
}
