package dev.naru.operator.backfill;

import dev.naru.crds.v1alpha1.FailedInterval;
import dev.naru.crds.v1alpha1.RunOutcome;
import dev.naru.operator.kube.LogContext;
import dev.naru.operator.mart.IntervalEnd;
import dev.naru.operator.mart.IntervalRun;
import dev.naru.operator.mart.Intervals;
import dev.naru.operator.mart.MartHistory;
import dev.naru.operator.mart.MartStanding;
import dev.naru.operator.mart.RunShares;
import dev.naru.operator.mart.SharedBudget;
import dev.naru.operator.status.Texts;
import java.time.ZoneOffset;
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

  private static final int MAX_MESSAGE = 300;
  private static final int MAX_RUNNING = 160;

  private final BackfillWork work;
  private final Intervals intervals;
  private final Supplier<MartStanding> mart;
  private final BackfillProgress progress;
  private final BooleanSupplier exists;
  private final SharedBudget budget;
  private final RunShares shares;
  private final BackfillWords words;
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
    this.words = new BackfillWords(work);
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
      return words.estimated(progress.now());
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
    return new BackfillEstimate(work, intervals, progress, this::wanted, this::stopped)
        .of(history, tasks().stream().map(Task::interval).toList());
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
    return waiting.isEmpty() && counting
        ? words.ended(progress.now(), usable())
        : blocked().orElseGet(BackfillEnd::interrupted);
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
              work.order(history.get(), task.interval()), shares, this::wanted, this::showRunning);
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
      return Optional.of(words.cancelled(progress.now()));
    }
    return paused.get() || !exists.getAsBoolean()
        ? Optional.of(BackfillEnd.interrupted())
        : Optional.empty();
  }

  /** It cannot go on by itself. */
  private Optional<BackfillEnd> exhausted() {
    if (budget.exceeded()) {
      return Optional.of(words.exhausted(progress.now()));
    }
    var failures = progress.now().failures();
    return failures.size() >= MAX_FAILURES
            && failures.stream().allMatch(it -> work.run().id().equals(it.run()))
        ? Optional.of(words.tooManyFailures(progress.now()))
        : Optional.empty();
  }

  /** The mart has to come first, or has become another. */
  private Optional<BackfillEnd> blocked() {
    return switch (mart.get()) {
      case MartStanding.Usable(var history) ->
          !history.contents(work.plan().tables()).equals(work.contents())
              ? Optional.of(words.changed(progress.now()))
              : history.runs() ? Optional.of(BackfillEnd.interrupted()) : Optional.empty();
      case MartStanding.Missing _,
          MartStanding.Deleted _,
          MartStanding.Unknown _,
          MartStanding.NotReady _ ->
          Optional.of(BackfillEnd.interrupted());
    };
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
    var zone = usable().map(MartHistory::zone).orElse(ZoneOffset.UTC);
    var waits = it.run().waitsFor();
    return Texts.cut(
        it.task().interval().text(zone) + (waits.isEmpty() ? "" : ", waits for " + waits),
        MAX_RUNNING);
  }
}
