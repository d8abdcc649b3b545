package dev.naru.operator.backfill;

import dev.naru.bigquery.TableId;
import dev.naru.crds.v1alpha1.FailedInterval;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * How a Backfill that goes on stands: its thread writes, reconciles read and write it down. What is
 * written down is always a beginning of the intervals in their order, so that a process that dies
 * finds the rest by their jobs.
 */
final class BackfillProgress {

  /**
   * A moment of it.
   *
   * @param position how many intervals have ended, in their order
   * @param bytes billed for those that are counted
   * @param running for people
   */
  record Snapshot(
      long position,
      List<FailedInterval> failures,
      long rows,
      long bytes,
      Optional<Long> estimate,
      List<String> running) {

    Snapshot {
      failures = List.copyOf(failures);
      running = List.copyOf(running);
    }

    long done() {
      return position - failures.size();
    }

    Snapshot withRunning(List<String> shown) {
      return new Snapshot(position, failures, rows, bytes, estimate, shown);
    }

    Snapshot withEstimate(Optional<Long> asked) {
      return new Snapshot(position, failures, rows, bytes, asked, running);
    }

    /** Nothing of it counts any more but what was billed. */
    Snapshot fromTheStart() {
      return new Snapshot(0, List.of(), 0, bytes, Optional.empty(), List.of());
    }
  }

  /** A moment together with its number. */
  record Version(Snapshot snapshot, long changes) {}

  private record Staged(long since, List<TableId> tables) {}

  private final Runnable changed;
  private final List<Staged> staged = new ArrayList<>();
  private Snapshot now;
  private long changes;

  BackfillProgress(Snapshot start, Runnable changed) {
    this.now = start;
    this.changed = changed;
  }

  synchronized Snapshot now() {
    return now;
  }

  void estimated(long bytes) {
    update(it -> it.withEstimate(Optional.of(bytes)));
  }

  void running(List<String> running) {
    if (!now().running().equals(running)) {
      update(it -> it.withRunning(running));
    }
  }

  /** An interval of the order has ended. */
  void ended(long rows, long bytes, Optional<FailedInterval> failure, List<TableId> tables) {
    count(1, rows, bytes, failures -> failure.ifPresent(failures::add), tables);
  }

  /** One that had failed before was tried again. */
  void repeated(
      FailedInterval before,
      long rows,
      long bytes,
      Optional<FailedInterval> failure,
      List<TableId> tables) {
    count(
        0,
        rows,
        bytes,
        failures -> {
          var index = failures.indexOf(before);
          failures.remove(index);
          failure.ifPresent(it -> failures.add(index, it));
        },
        tables);
  }

  /** What was billed for intervals that did not end. */
  void billed(long bytes) {
    count(0, 0, bytes, _ -> {}, List.of());
  }

  private void count(
      long steps,
      long rows,
      long bytes,
      Consumer<List<FailedInterval>> change,
      List<TableId> tables) {
    update(
        it -> {
          changes++;
          if (!tables.isEmpty()) {
            staged.add(new Staged(changes, tables));
          }
          var failures = new ArrayList<>(it.failures());
          change.accept(failures);
          return new Snapshot(
              it.position() + steps,
              failures,
              it.rows() + rows,
              it.bytes() + bytes,
              it.estimate(),
              it.running());
        });
  }

  private void update(UnaryOperator<Snapshot> change) {
    synchronized (this) {
      now = change.apply(now);
    }
    changed.run();
  }

  /** This moment, to be written down. */
  synchronized Version version() {
    return new Version(now, changes);
  }

  /** What nobody needs any more once a version was written down. */
  synchronized List<TableId> recorded(long version) {
    var over = staged.stream().filter(it -> it.since() <= version).toList();
    staged.removeAll(over);
    return over.stream().flatMap(it -> it.tables().stream()).toList();
  }
}
