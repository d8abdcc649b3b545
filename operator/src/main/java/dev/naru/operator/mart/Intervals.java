package dev.naru.operator.mart;

import dev.naru.bigquery.TableId;
import dev.naru.bigquery.mart.MartWarehouse;
import dev.naru.operator.kube.LogContext;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;

/** Estimates and builds intervals of marts. Blocks; belongs on virtual threads. */
public record Intervals(
    Warehouses warehouses, TableLocks locks, Clock clock, TableWork.Pause pause) {

  private static final Duration PATIENCE = Duration.ofMinutes(30);

  /** Dry runs at the same time: free, but not unlimited. */
  private static final int AT_ONCE = 4;

  /** In a process that works on marts. */
  public Intervals(Warehouses warehouses, TableLocks locks, Clock clock) {
    this(warehouses, locks, clock, Thread::sleep);
  }

  /**
   * What intervals would read.
   *
   * @param largest of one of them
   * @param of the interval that is the largest
   * @param complete false when a table reads one that does not exist yet
   */
  public record Estimate(long bytes, long largest, IntervalOrder of, boolean complete) {}

  private record One(long bytes, boolean complete) {}

  /**
   * Asks by dry runs what intervals would read; costs nothing.
   *
   * @param wanted asked between two; false gives up with what it has
   */
  public Estimate estimate(List<IntervalOrder> orders, BooleanSupplier wanted) {
    var deadline = clock.instant().plus(PATIENCE);
    var first = orders.getFirst().plan(clock.instant());
    try (var warehouse = warehouses.open(first.mart().warehouse(), first.mart().owner(), deadline);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var slots = new Semaphore(AT_ONCE);
      var context = LogContext.here();
      var asked = new ArrayList<Future<One>>();
      for (var order : orders) {
        Callable<One> ask =
            () -> {
              context.enter();
              slots.acquireUninterruptibly();
              try {
                return wanted.getAsBoolean() ? one(order, warehouse) : new One(0, false);
              } finally {
                slots.release();
              }
            };
        asked.add(threads.submit(ask));
      }
      return sum(orders, asked);
    }
  }

  private static Estimate sum(List<IntervalOrder> orders, List<Future<One>> asked) {
    var bytes = 0L;
    var largest = -1L;
    var of = orders.getFirst();
    var complete = true;
    for (var i = 0; i < orders.size(); i++) {
      var one = answer(asked.get(i));
      bytes += one.bytes();
      complete &= one.complete();
      if (one.bytes() > largest) {
        largest = one.bytes();
        of = orders.get(i);
      }
    }
    return new Estimate(bytes, largest, of, complete);
  }

  private static One answer(Future<One> asked) {
    try {
      return asked.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private One one(IntervalOrder order, MartWarehouse warehouse) {
    var plan = order.plan(clock.instant());
    var bytes = 0L;
    var complete = true;
    for (var table : plan.tables()) {
      var known =
          table.table().parents().stream()
              .allMatch(it -> warehouse.find(plan.table(it).table().target().id()).isPresent());
      complete &= known;
      if (known) {
        bytes += warehouse.estimate(plan.published(table)).cost().bytes();
        bytes +=
            warehouse.expected(table.table().target(), table.window(), table.written()).bytes();
      }
    }
    return new One(bytes, complete);
  }

  /**
   * The work on an interval.
   *
   * @param wanted asked on the way; false stops it, unless it publishes
   * @param changed told when something about it is new
   */
  public IntervalRun run(
      IntervalOrder order, RunShares shares, BooleanSupplier wanted, Runnable changed) {
    return new IntervalRun(order, this, shares, wanted, changed);
  }

  /** Removes what intervals have staged; what cannot be removed expires. */
  public void discard(MartHistory history, List<TableId> staged) {
    Leftovers.discard(warehouses, history.resolved(), staged, clock.instant());
  }
}
