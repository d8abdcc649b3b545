package dev.naru.operator.mart;

import dev.naru.bigquery.mart.Allowance;
import dev.naru.bigquery.mart.Cost;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a run may still be billed for. What a query is estimated at is taken before it is sent and
 * given back by what it cost, so that queries which go on side by side do not each spend the rest:
 * one that has no room beside the others waits until they have ended. Guarded by the monitor of the
 * budget that it shares with other runs.
 */
public final class RunBudget {

  private final Optional<Long> perRun;
  private final Optional<Long> perTable;
  private final SharedBudget shared;
  private final Map<String, Long> spentOfTable = new HashMap<>();
  private long spent;
  private long held;

  /**
   * @param shared with other runs
   */
  RunBudget(Optional<Long> perRun, Optional<Long> perTable, SharedBudget shared) {
    this.perRun = perRun;
    this.perTable = perTable;
    this.shared = shared;
  }

  /** A query would cost more than what is left. */
  static final class Exceeded extends RuntimeException {
    private static final long serialVersionUID = 1;

    Exceeded(String message) {
      super(message);
    }
  }

  /** Whether there is any limit at all. */
  boolean limits() {
    return perRun.isPresent() || perTable.isPresent() || shared.limits();
  }

  /**
   * Takes what a query is estimated at.
   *
   * @param what for the message, e.g. {@code Table x}
   */
  Allowance.Share take(String table, String what, Cost cost) {
    synchronized (shared) {
      refuseTable(table, what, cost.bytes());
      var left = Math.min(await(what, cost.bytes()), leftOf(table));
      var most = cost.within(left);
      return new Taken(table, most, left == Long.MAX_VALUE ? 0 : most);
    }
  }

  /**
   * Takes what is to be done as a whole or not at all, by table.
   *
   * @param begun whether a part of it is done: then nothing is refused
   */
  Map<String, Allowance.Share> takeAll(String what, Map<String, Cost> costs, boolean begun) {
    synchronized (shared) {
      var sum = costs.values().stream().mapToLong(Cost::bytes).sum();
      if (!begun) {
        costs.forEach((table, cost) -> refuseTable(table, "Table " + table, cost.bytes()));
        await(what, sum);
      }
      var taken = new LinkedHashMap<String, Allowance.Share>();
      costs.forEach(
          (table, cost) -> taken.put(table, new Taken(table, cost.bytes(), cost.bytes())));
      return taken;
    }
  }

  /** What a query was billed for; also one that was of no use. */
  void spend(String table, long bytes) {
    synchronized (shared) {
      spent += bytes;
      spentOfTable.merge(table, bytes, Long::sum);
      shared.spend(bytes);
    }
  }

  private long leftOf(String table) {
    return perTable.map(it -> it - spentOfTable.getOrDefault(table, 0L)).orElse(Long.MAX_VALUE);
  }

  private void refuseTable(String table, String what, long estimate) {
    if (estimate > leftOf(table)) {
      var before = spentOfTable.getOrDefault(table, 0L);
      throw new Exceeded(
          "%s would read %s%s, and spec.limits.maxBytesBilledPerTable allows %s. Nothing was spent on it. Narrow the query or its window (a filter on the partition column), or raise the limit"
              .formatted(
                  what,
                  bytes(estimate),
                  before > 0 ? " after " + bytes(before) + " before" : "",
                  bytes(perTable.orElseThrow())));
    }
  }

  /** Waits until there is room beside what others hold; refuses what never has any. */
  private long await(String what, long estimate) {
    while (true) {
      if (perRun.isPresent() && spent + estimate > perRun.get()) {
        throw new Exceeded(
            "%s would read %s%s, and spec.limits.maxBytesBilledPerRun allows %s for the whole run. Nothing was spent on it. Narrow the query or its window, or raise the limit"
                .formatted(
                    what,
                    bytes(estimate),
                    spent > 0 ? ", the run has used " + bytes(spent) + " already" : "",
                    bytes(perRun.get())));
      }
      shared.refuse(what, estimate);
      var left =
          Math.min(perRun.map(it -> it - spent - held).orElse(Long.MAX_VALUE), shared.left());
      if (estimate <= left) {
        return left;
      }
      shared.awaitChange();
    }
  }

  /** What was taken for one query. */
  private final class Taken implements Allowance.Share {
    private final String table;
    private final long most;
    private long holds;

    private Taken(String table, long most, long holds) {
      this.table = table;
      this.most = most;
      this.holds = holds;
      held += holds;
      shared.hold(holds);
    }

    @Override
    public long most() {
      return most;
    }

    @Override
    public void billed(long bytes) {
      spend(table, bytes);
      close();
    }

    @Override
    public void close() {
      synchronized (shared) {
        held -= holds;
        shared.hold(-holds);
        holds = 0;
      }
    }
  }

  /** As people read it: {@code 1.5 GiB}. */
  public static String bytes(long count) {
    var units = new String[] {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB"};
    var unit = 0;
    var size = (double) count;
    while (size >= 1024 && unit < units.length - 1) {
      size /= 1024;
      unit++;
    }
    return unit == 0 ? count + " bytes" : String.format(Locale.ROOT, "%.1f %s", size, units[unit]);
  }
}
