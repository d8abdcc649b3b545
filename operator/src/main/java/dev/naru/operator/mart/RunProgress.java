package dev.naru.operator.mart;

import dev.naru.crds.v1alpha1.TableState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/** How a run that is going on stands; its threads write, reconciles read. */
final class RunProgress {

  /**
   * One table.
   *
   * @param rows that were built, or written once it is published
   * @param bytes billed
   * @param windowHours how long its window is, unless every run builds all rows
   * @param builtFrom identifies what decides its rows
   */
  record Table(
      TableState state,
      long rows,
      long bytes,
      String message,
      Optional<Integer> windowHours,
      String builtFrom) {}

  private final Map<String, Table> tables = new LinkedHashMap<>();
  private final Runnable changed;
  private final BooleanSupplier wanted;
  private final AtomicBoolean cancelled = new AtomicBoolean();
  private boolean publishing;

  /**
   * @param changed told after each change
   * @param wanted whether the mart still exists
   */
  RunProgress(RunPlan plan, Runnable changed, BooleanSupplier wanted) {
    plan.tables().forEach(it -> tables.put(it.name(), waiting(it)));
    this.changed = changed;
    this.wanted = wanted;
  }

  private static Table waiting(RunPlan.Table table) {
    return new Table(
        TableState.WAITING,
        0,
        0,
        "",
        MartWindows.hours(table.table().declared(), table.window()),
        table.table().builtFrom());
  }

  void state(String table, TableState state) {
    update(table, state, 0, 0, "");
  }

  /** Sets a state and adds to what was built and billed. */
  void update(String table, TableState state, long rows, long bytes, String message) {
    synchronized (this) {
      var before = tables.get(table);
      tables.put(
          table,
          new Table(
              state,
              rows > 0 ? rows : before.rows(),
              before.bytes() + bytes,
              message,
              before.windowHours(),
              before.builtFrom()));
    }
    changed.run();
  }

  /** Adds to what a table was billed for. */
  void billed(String table, long bytes) {
    var before = tables().get(table);
    update(table, before.state(), 0, bytes, before.message());
  }

  /** Says of every table what the whole run waits for. */
  void waiting(String message) {
    List.copyOf(tables().keySet()).forEach(it -> update(it, TableState.WAITING, 0, 0, message));
  }

  /** All tables, in the order in which they are built. */
  synchronized Map<String, Table> tables() {
    return new LinkedHashMap<>(tables);
  }

  /**
   * From here on the run is finished whatever is asked: what is half published would be worse.
   *
   * @return false when it was told to stop before
   */
  synchronized boolean beginPublishing() {
    publishing = !cancelled();
    return publishing;
  }

  synchronized boolean publishing() {
    return publishing;
  }

  /**
   * Asks the run to stop.
   *
   * @return false when it publishes already and will be finished
   */
  synchronized boolean cancel() {
    if (publishing) {
      return false;
    }
    cancelled.set(true);
    return true;
  }

  boolean cancelled() {
    return cancelled.get() || !wanted.getAsBoolean();
  }
}
