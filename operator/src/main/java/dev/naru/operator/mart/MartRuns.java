package dev.naru.operator.mart;

import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.RunOutcome;
import dev.naru.operator.kube.LogContext;
import dev.naru.operator.kube.Throttle;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * The runs that this process works on, one per mart at most, each on a virtual thread of its own.
 * They live in memory only: which run goes on stands in status, and what it has done in BigQuery.
 */
final class MartRuns extends AbstractEventSource<RunReport, DataMart> {

  private static final Logger LOG = LoggerFactory.getLogger(MartRuns.class);

  /** Progress wakes the reconciler no more often than this. */
  private static final Duration BETWEEN_WAKES = Duration.ofSeconds(1);

  /** Each run holds answers of BigQuery in memory; a thousand marts may fire at one minute. */
  static final int AT_ONCE = 100;

  private static final Duration LOOK = Duration.ofSeconds(1);

  private final Warehouses warehouses;
  private final TableLocks locks;
  private final Predicate<DataMart> wanted;
  private final Clock clock;
  private final Map<ResourceID, Going> runs = new ConcurrentHashMap<>();
  private final Semaphore places = new Semaphore(AT_ONCE, true);

  /**
   * A run.
   *
   * @param end how it ended; null as long as it goes on
   */
  record Going(RunPlan plan, RunProgress progress, AtomicReference<RunReport> end) {

    Optional<RunReport> report() {
      return Optional.ofNullable(end.get());
    }
  }

  /**
   * @param wanted whether this very mart is there to stay: the run of one that is deleted stops,
   *     also when another of its name is applied at once
   */
  MartRuns(Warehouses warehouses, TableLocks locks, Predicate<DataMart> wanted, Clock clock) {
    super(RunReport.class, "datamart-runs");
    this.warehouses = warehouses;
    this.locks = locks;
    this.wanted = wanted;
    this.clock = clock;
  }

  /** Makes the reconciler look at a mart. */
  void wake(ResourceID mart) {
    if (isRunning()) {
      getEventHandler().handleEvent(new Event(mart));
    }
  }

  Optional<Going> of(ResourceID mart) {
    return Optional.ofNullable(runs.get(mart));
  }

  /** Begins to work on a run; it replaces one that has ended. */
  Going start(DataMart of, RunPlan plan) {
    var mart = ResourceID.fromResource(of);
    var end = new AtomicReference<RunReport>();
    var going = new Going(plan, new RunProgress(plan, waking(mart), () -> wanted.test(of)), end);
    runs.put(mart, going);
    var context = LogContext.here();
    Thread.ofVirtual()
        .name("run-" + mart.getName())
        .start(
            () -> {
              context.enter();
              MDC.put("run", plan.id());
              LOG.atInfo()
                  .addKeyValue("tables", plan.tables().size())
                  .addKeyValue("key", plan.key())
                  .log("run begins");
              var report = work(going);
              LOG.atInfo()
                  .addKeyValue("result", report.result())
                  .addKeyValue("reason", report.reason())
                  .addKeyValue("bytes", report.bytes())
                  .log("run ended");
              end.set(report);
              if (!wanted.test(of)) {
                // nobody will ask how it ended
                runs.remove(mart, going);
                if (report.result() == RunOutcome.SUCCEEDED) {
                  tidy(plan);
                }
              }
              getEventHandler().handleEvent(new Event(mart));
            });
    return going;
  }

  private RunReport work(Going going) {
    return MartRunner.guarded(
        warehouses,
        going.plan(),
        going.progress(),
        "run",
        warehouse ->
            placed(
                going,
                new MartRunner(going.plan(), warehouse, going.progress(), clock, Thread::sleep)));
  }

  /** Waits until few enough others go on. */
  private RunReport placed(Going going, MartRunner runner) {
    if (!places.tryAcquire()) {
      going.progress().waiting("waits until fewer than %d runs go on".formatted(AT_ONCE));
      try {
        while (!places.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
          if (isOver(going)) {
            return runner.notBegun();
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return runner.notBegun();
      }
    }
    try {
      return alone(going, runner);
    } finally {
      places.release();
    }
  }

  private boolean isOver(Going going) {
    return going.progress().cancelled() || !clock.instant().isBefore(going.plan().deadline());
  }

  /** No Backfill writes these tables at the same time. */
  private RunReport alone(Going going, MartRunner runner) {
    var plan = going.plan();
    var claim =
        locks.acquire(
            "run %s of DataMart %s".formatted(plan.id(), plan.mart().owner()),
            plan.targets(),
            () -> !isOver(going),
            other -> going.progress().waiting("waits for " + other));
    if (claim.isEmpty()) {
      return runner.notBegun();
    }
    try (var _ = claim.get()) {
      return runner.run();
    }
  }

  /**
   * Removes what a run has staged, on a thread of its own; belongs after status says that it
   * succeeded. A process that dies before leaves it to its expiration.
   */
  void tidy(RunPlan plan) {
    var context = LogContext.here();
    Thread.ofVirtual()
        .name("tidy-" + plan.id())
        .start(
            () -> {
              context.enter();
              MDC.put("run", plan.id());
              Leftovers.discard(warehouses, plan.mart(), plan.staged(), clock.instant());
            });
  }

  /** Forgets a run that has been recorded. */
  void forget(ResourceID mart) {
    runs.remove(mart);
  }

  private Runnable waking(ResourceID mart) {
    return new Throttle(() -> getEventHandler().handleEvent(new Event(mart)), BETWEEN_WAKES, clock);
  }

  @Override
  public Set<RunReport> getSecondaryResources(DataMart primary) {
    return Set.of();
  }
}
