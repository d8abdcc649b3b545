package dev.naru.operator.backfill;

import dev.naru.bigquery.Failure;
import dev.naru.bigquery.RetryableFailure;
import dev.naru.crds.v1alpha1.FailedInterval;
import dev.naru.crds.v1alpha1.RunOutcome;
import dev.naru.operator.kube.LogContext;
import dev.naru.operator.mart.IntervalEnd;
import dev.naru.operator.mart.IntervalOrder;
import dev.naru.operator.mart.IntervalRun;
import dev.naru.operator.mart.Intervals;
import dev.naru.operator.mart.MartHistory;
import dev.naru.operator.mart.MartReason;
import dev.naru.operator.mart.MartStanding;
import dev.naru.operator.mart.RunBudget;
import dev.naru.operator.mart.RunShares;
import dev.naru.operator.mart.SharedBudget;
import dev.naru.operator.status.Texts;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * One go at a Backfill, from where status says it is to its end: estimates, then builds interval
 * after interval. Plain code that blocks; belongs on a virtual thread. A process that dies is
 * followed by one that does the same: intervals that were built are found by their jobs.
 */
final class BackfillRunner {

  /** Status lists them all, and what fails so often does not get better. */
  static final int MAX_FAILURES = 20;

  /** Of more intervals, so many are asked for, spread over all of them. */
  static final int MAX_DRY_RUNS = 200;

  private static final int ATTEMPTS = 4;
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
  private static final int MAX_MESSAGE = 300;
  private static final int MAX_RUNNING = 160;

  private final BackfillWork work;
  private final Intervals intervals;
  private final Supplier<MartStanding> mart;
  private final BackfillProgress progress;
  private final BooleanSupplier exists;
  private final SharedBudget budget;
  private final RunShares shares;
  private final AtomicBoolean cancelled = new AtomicBoolean();
  private final AtomicBoolean paused = new AtomicBoolean();
  private final List<Going> going = new CopyOnWriteArrayList<>();

  /** An interval to be built, and how it failed before when it did. */
  private record Task(Interval interval, Optional<FailedInterval> before) {}

  private record Going(Task task, IntervalRun run, CompletableFuture<IntervalEnd> end) {}

  /**
   * @param mart how the DataMart stands, asked before each interval
   * @param exists whether the Backfill is still wanted
   */
  BackfillRunner(
      BackfillWork work,
      Intervals intervals,
      Supplier<MartStanding> mart,
      BackfillProgress progress,
      BooleanSupplier exists) {
    this.work = work;
    this.intervals = intervals;
    this.mart = mart;
    this.progress = progress;
    this.exists = exists;
    this.budget = new SharedBudget(work.limit(), progress.now().bytes());
    this.shares = new RunShares(budget);
  }

  /** Stops what is being built, unless it publishes already. */
  void cancel() {
    cancelled.set(true);
  }

  /** Begins no other interval. */
  void pause() {
    paused.set(true);
  }

  BackfillEnd run() {
    var history = usable();
    if (history.isEmpty()) {
      return BackfillEnd.interrupted();
    }
    if (progress.now().estimate().isEmpty()) {
      var refused = estimate(history.get());
      if (refused.isPresent()) {
        return refused.get();
      }
    }
    if (work.dryRun()) {
      return new BackfillEnd(
          Optional.of(RunOutcome.SUCCEEDED),
          BackfillReason.ESTIMATED.code(),
          "%s would read %s; nothing was built"
              .formatted(work.text(), RunBudget.bytes(progress.now().estimate().orElseThrow())));
    }
    return build();
  }

  private Optional<MartHistory> usable() {
    return mart.get() instanceof MartStanding.Usable(var history)
        ? Optional.of(history)
        : Optional.empty();
  }

  /** What is not done yet: first what failed in an earlier go. */
  private List<Task> tasks() {
    var at = progress.now();
    var tasks = new ArrayList<Task>();
    at.failures().stream()
        .filter(it -> !work.run().id().equals(it.run()))
        .forEach(it -> tasks.add(new Task(new Interval(it.from(), it.to()), Optional.of(it))));
    var all = work.plan().intervals();
    all.subList((int) Math.min(at.position(), all.size()), all.size())
        .forEach(it -> tasks.add(new Task(it, Optional.empty())));
    return tasks;
  }

  private Optional<BackfillEnd> estimate(MartHistory history) {
    var tasks = tasks();
    if (tasks.isEmpty()) {
      progress.estimated(0);
      return Optional.empty();
    }
    var asked =
        spread(tasks.size()).stream().map(it -> order(history, tasks.get(it).interval())).toList();
    Intervals.Estimate answer;
    try {
      answer = patiently(() -> intervals.estimate(asked, this::wanted));
    } catch (Failure e) {
      return Optional.of(stopped().orElseGet(() -> failed(e)));
    }
    var stop = stopped();
    if (stop.isPresent()) {
      return stop;
    }
    var bytes = (long) ((double) answer.bytes() / asked.size() * tasks.size());
    var refused = refused(history, answer, bytes, asked.size(), tasks.size());
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
        if (attempt >= ATTEMPTS || !wanted()) {
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
          limited(
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
          limited(
              "Interval %s would read %s, and spec.limits.maxBytesBilledPerRun of DataMart %s allows %s for one run. Nothing was spent. Write a smaller spec.partitionsPerInterval in another Backfill, narrow the queries, or raise that limit and set annotation naru.dev/run-requested-at"
                  .formatted(
                      new Interval(answer.of().from(), answer.of().to()).text(history.zone()),
                      RunBudget.bytes(answer.largest()),
                      history.name(),
                      RunBudget.bytes(perRun.get()))));
    }
    return Optional.empty();
  }

  private static BackfillEnd limited(String message) {
    return BackfillEnd.failed(MartReason.LIMIT_EXCEEDED.code(), message);
  }

  private BackfillEnd build() {
    var waiting = new ArrayDeque<>(tasks());
    var open = new ArrayDeque<Going>();
    var counting = true;
    var unfinished = 0L;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      while (true) {
        begin(waiting, open, threads);
        if (open.isEmpty()) {
          break;
        }
        var first = open.removeFirst();
        var end = first.end().join();
        going.remove(first);
        // what comes after one that did not end is found again by its jobs
        counting &= counts(end);
        if (counting) {
          count(first.task(), end);
        } else {
          unfinished += end.bytes();
        }
      }
    }
    showRunning();
    var end = stopped().or(this::exhausted);
    if (end.isPresent()) {
      if (end.get().result().filter(it -> it == RunOutcome.CANCELLED).isPresent()) {
        progress.billed(unfinished);
      }
      return end.get();
    }
    return waiting.isEmpty() && counting ? ended() : blocked().orElseGet(BackfillEnd::interrupted);
  }

  private boolean counts(IntervalEnd end) {
    return switch (end.result()) {
      case SUCCEEDED -> true;
      case FAILED -> !budget.exceeded();
      case CANCELLED, RUNNING, UNKNOWN -> false;
    };
  }

  private void begin(Deque<Task> waiting, Deque<Going> open, ExecutorService threads) {
    var context = LogContext.here();
    while (open.size() < work.parallelism() && !waiting.isEmpty() && mayBegin()) {
      var history = usable();
      if (history.isEmpty()) {
        return;
      }
      var task = waiting.removeFirst();
      var run =
          intervals.run(
              order(history.get(), task.interval()), shares, this::wanted, this::showRunning);
      var end =
          CompletableFuture.supplyAsync(
              () -> {
                context.enter();
                return run.run();
              },
              threads);
      var begun = new Going(task, run, end);
      open.add(begun);
      going.add(begun);
      showRunning();
    }
  }

  private boolean mayBegin() {
    return stopped().isEmpty() && exhausted().isEmpty() && blocked().isEmpty();
  }

  /** Asked for from outside. */
  private Optional<BackfillEnd> stopped() {
    if (cancelled.get()) {
      return Optional.of(
          new BackfillEnd(
              Optional.of(RunOutcome.CANCELLED),
              MartReason.CANCELLED.code(),
              "Stopped by request after %s; what is published stays. Set annotation naru.dev/run-requested-at to go on"
                  .formatted(doneOf())));
    }
    return paused.get() || !exists.getAsBoolean()
        ? Optional.of(BackfillEnd.interrupted())
        : Optional.empty();
  }

  /** It cannot go on by itself. */
  private Optional<BackfillEnd> exhausted() {
    if (budget.exceeded()) {
      return Optional.of(
          limited(
              "Stopped after %s: they were billed for %s, and the next would exceed the %s that spec.limits.maxBytesBilled allows. Raise the limit, and it goes on"
                  .formatted(
                      doneOf(),
                      RunBudget.bytes(progress.now().bytes()),
                      RunBudget.bytes(work.limit().orElseThrow()))));
    }
    var failures = progress.now().failures();
    return failures.size() >= MAX_FAILURES
            && failures.stream().allMatch(it -> work.run().id().equals(it.run()))
        ? Optional.of(failed("Stopped after %d failures, %s.".formatted(failures.size(), doneOf())))
        : Optional.empty();
  }

  /** The mart has to come first, or has become another. */
  private Optional<BackfillEnd> blocked() {
    return switch (mart.get()) {
      case MartStanding.Usable(var history) ->
          !history.contents(work.plan().tables()).equals(work.contents())
              ? Optional.of(changed(work.mart().getName(), work.plan().tables(), doneOf()))
              : history.runs() ? Optional.of(BackfillEnd.interrupted()) : Optional.empty();
      case MartStanding.Missing _,
          MartStanding.Deleted _,
          MartStanding.Unknown _,
          MartStanding.NotReady _ ->
          Optional.of(BackfillEnd.interrupted());
    };
  }

  /** The mart makes other rows now. */
  static BackfillEnd changed(String mart, List<String> tables, String done) {
    return BackfillEnd.failed(
        BackfillReason.MART_CHANGED.code(),
        "SQL, materialization or variables of DataMart %s changed for table %s after %s were built from what it was. Set annotation naru.dev/run-requested-at to build all of them from what it is now"
            .formatted(mart, String.join(", ", tables), done));
  }

  private BackfillEnd ended() {
    var at = progress.now();
    if (!at.failures().isEmpty()) {
      return failed(doneOf() + " are published.");
    }
    return new BackfillEnd(
        Optional.of(RunOutcome.SUCCEEDED),
        BackfillReason.COMPLETED.code(),
        "%s published, %,d rows, %s billed%s"
            .formatted(
                work.text(),
                at.rows(),
                RunBudget.bytes(at.bytes()),
                usable().map(this::readers).orElse("")));
  }

  private String readers(MartHistory history) {
    var readers = history.readers(work.plan().tables());
    return readers.isEmpty()
        ? ""
        : ". Built from them and not again: %s; the next run of the mart does that, for tables of type Partitions within its window only"
            .formatted(String.join(", ", readers.subList(0, Math.min(10, readers.size()))));
  }

  private BackfillEnd failed(String done) {
    var first = progress.now().failures().getFirst();
    return BackfillEnd.failed(
        BackfillReason.INTERVALS_FAILED.code(),
        "%s %d failed, the first from %s to %s (%s): %s Failed intervals keep the rows they had; all are in status.failures. Mend it, then set annotation naru.dev/run-requested-at: only what is not done is built"
            .formatted(
                done,
                progress.now().failures().size(),
                first.from(),
                first.to(),
                first.reason(),
                first.message()));
  }

  private String doneOf() {
    return "%d of %d intervals".formatted(progress.now().done(), work.plan().intervals().size());
  }

  private void count(Task task, IntervalEnd end) {
    var failure =
        end.result() == RunOutcome.SUCCEEDED
            ? Optional.<FailedInterval>empty()
            : Optional.of(
                new FailedInterval(
                    task.interval().from(),
                    task.interval().to(),
                    work.run().id(),
                    end.reason(),
                    Texts.cut(end.message(), MAX_MESSAGE)));
    var rows = failure.isPresent() ? 0 : end.rows();
    if (task.before().isPresent()) {
      progress.repeated(task.before().get(), rows, end.bytes(), failure, end.staged());
    } else {
      progress.ended(rows, end.bytes(), failure, end.staged());
    }
  }

  private boolean wanted() {
    return !cancelled.get() && exists.getAsBoolean();
  }

  private void showRunning() {
    progress.running(going.stream().map(this::text).toList());
  }

  private String text(Going it) {
    var zone = usable().map(MartHistory::zone).orElse(java.time.ZoneOffset.UTC);
    var waits = it.run().waitsFor();
    return Texts.cut(
        it.task().interval().text(zone) + (waits.isEmpty() ? "" : ", waits for " + waits),
        MAX_RUNNING);
  }

  private IntervalOrder order(MartHistory history, Interval interval) {
    return new IntervalOrder(
        history,
        work.plan().tables(),
        interval.from(),
        interval.to(),
        work.who().getNamespace().orElse("") + "/" + work.who().getName(),
        work.who().getName() + "-" + interval.name(history.zone()),
        work.uid() + " " + work.run().id(),
        work.run().startTime());
  }
}
