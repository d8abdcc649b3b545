package dev.naru.operator.backfill;

import dev.naru.bigquery.Failure;
import dev.naru.bigquery.RetryableFailure;
import dev.naru.operator.mart.Intervals;
import dev.naru.operator.mart.MartHistory;
import dev.naru.operator.mart.RunBudget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Asks what intervals would read, and holds it against the limits before anything is billed. */
final class BackfillEstimate {

  /** Of more intervals, so many are asked for, spread over all of them. */
  static final int MAX_DRY_RUNS = 200;

  private static final int ATTEMPTS = 4;
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);

  private final BackfillWork work;
  private final Intervals intervals;
  private final BackfillProgress progress;
  private final BooleanSupplier wanted;
  private final Supplier<Optional<BackfillEnd>> stopped;

  /**
   * @param wanted whether it is worth to go on asking
   * @param stopped what was asked for meanwhile
   */
  BackfillEstimate(
      BackfillWork work,
      Intervals intervals,
      BackfillProgress progress,
      BooleanSupplier wanted,
      Supplier<Optional<BackfillEnd>> stopped) {
    this.work = work;
    this.intervals = intervals;
    this.progress = progress;
    this.wanted = wanted;
    this.stopped = stopped;
  }

  /**
   * Of what is left to build; progress holds it afterwards.
   *
   * @return why nothing may be built, or that something else was asked for
   */
  Optional<BackfillEnd> of(MartHistory history, List<Interval> left) {
    if (left.isEmpty()) {
      progress.estimated(0);
      return Optional.empty();
    }
    var asked = spread(left.size()).stream().map(it -> work.order(history, left.get(it))).toList();
    Intervals.Estimate answer;
    try {
      answer = patiently(() -> intervals.estimate(asked, wanted));
    } catch (Failure e) {
      return Optional.of(stopped.get().orElseGet(() -> failed(e)));
    }
    var stop = stopped.get();
    if (stop.isPresent()) {
      return stop;
    }
    var bytes = (long) ((double) answer.bytes() / asked.size() * left.size());
    var refused = refused(history, answer, bytes, asked.size(), left.size());
    if (refused.isEmpty()) {
      // status never holds an estimate that was not held against the limits: with it, the next
      // process begins to build
      progress.estimated(bytes);
    }
    return refused;
  }

  private static BackfillEnd failed(Failure e) {
    return BackfillEnd.failed(
        e.reason().code(), "Nothing was built, for the dry runs fail: " + e.getMessage());
  }

  /** Which of so many intervals are asked for. */
  static List<Integer> spread(int count) {
    var some = Math.min(count, MAX_DRY_RUNS);
    var indexes = new ArrayList<Integer>();
    for (var i = 0; i < some; i++) {
      indexes.add(some == 1 ? 0 : (int) ((long) i * (count - 1) / (some - 1)));
    }
    return indexes;
  }

  private <T> T patiently(Supplier<T> ask) {
    for (var attempt = 1; ; attempt++) {
      try {
        return ask.get();
      } catch (RetryableFailure e) {
        if (attempt >= ATTEMPTS || !wanted.getAsBoolean()) {
          throw e;
        }
        try {
          intervals.pause().sleep(FIRST_PAUSE.multipliedBy(1L << attempt));
        } catch (InterruptedException _) {
          Thread.currentThread().interrupt();
          throw e;
        }
      }
    }
  }

  /** What the limits say to an estimate. */
  private Optional<BackfillEnd> refused(
      MartHistory history, Intervals.Estimate answer, long bytes, int asked, int all) {
    var spent = progress.now().bytes();
    if (work.limit().isPresent() && spent + bytes > work.limit().get()) {
      return Optional.of(
          BackfillWords.limited(
              "%s would read %s%s%s, and spec.limits.maxBytesBilled allows %s. Nothing was spent. Narrow spec.range in another Backfill or the queries (a filter on the partition column), or raise the limit"
                  .formatted(
                      work.text(),
                      RunBudget.bytes(bytes),
                      asked < all ? " (by dry runs of %d of %d)".formatted(asked, all) : "",
                      spent > 0 ? " after " + RunBudget.bytes(spent) + " before" : "",
                      RunBudget.bytes(work.limit().get()))));
    }
    var perRun = history.maxBytesPerRun();
    if (perRun.isPresent() && answer.largest() > perRun.get()) {
      return Optional.of(
          BackfillWords.limited(
              "Interval %s would read %s, and spec.limits.maxBytesBilledPerRun of DataMart %s allows %s for one run. Nothing was spent. Write a smaller spec.partitionsPerInterval in another Backfill, narrow the queries, or raise that limit and set annotation naru.dev/run-requested-at"
                  .formatted(
                      new Interval(answer.of().from(), answer.of().to()).text(history.zone()),
                      RunBudget.bytes(answer.largest()),
                      history.name(),
                      RunBudget.bytes(perRun.get()))));
    }
    return Optional.empty();
  }
}
