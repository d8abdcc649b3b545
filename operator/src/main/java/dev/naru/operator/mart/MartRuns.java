package dev.naru.operator.mart;

import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.RunOutcome;
import dev.naru.operator.kube.LogContext;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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

  /** A publish that began in time may end after it. */
  private static final Duration FOR_PUBLISHING = Duration.ofHours(1);

  private final Warehouses warehouses;
  private final TableLocks locks;
  private final Predicate<ResourceID> exists;
  private final Clock clock;
  private final Map<ResourceID, Going> runs = new ConcurrentHashMap<>();

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
   * @param exists whether a mart is still there: the run of one that was deleted stops
   */
  MartRuns(Warehouses warehouses, TableLocks locks, Predicate<ResourceID> exists, Clock clock) {
    super(RunReport.class, "datamart-runs");
    this.warehouses = warehouses;
    this.locks = locks;
    this.exists = exists;
    this.clock = clock;
  }

  Optional<Going> of(ResourceID mart) {
    return Optional.ofNullable(runs.get(mart));
  }

  /** Begins to work on a run; it replaces one that has ended. */
  Going start(ResourceID mart, RunPlan plan) {
    var end = new AtomicReference<RunReport>();
    var going = new Going(plan, new RunProgress(plan, waking(mart), () -> exists.test(mart)), end);
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
              if (!exists.test(mart)) {
                runs.remove(mart);
              }
              getEventHandler().handleEvent(new Event(mart));
            });
    return going;
  }

  private RunReport work(Going going) {
    var plan = going.plan();
    try (var warehouse =
        warehouses.open(
            plan.mart().warehouse(), plan.mart().owner(), plan.deadline().plus(FOR_PUBLISHING))) {
      var runner = new MartRunner(plan, warehouse, going.progress(), clock, Thread::sleep);
      return alone(going, runner);
    } catch (dev.naru.bigquery.Failure e) {
      return failed(going, e.reason().code(), e.getMessage());
    } catch (RuntimeException e) {
      // a mistake of ours: the run must end all the same, or its mart would wait for ever
      LOG.atError().setCause(e).log("run broke");
      return failed(
          going, MartReason.BROKEN.code(), "The operator failed at this run, see its log: " + e);
    }
  }

  /** No Backfill writes these tables at the same time. */
  private RunReport alone(Going going, MartRunner runner) {
    var plan = going.plan();
    var claim =
        locks.acquire(
            "run %s of DataMart %s".formatted(plan.id(), plan.mart().owner()),
            plan.targets(),
            () -> !going.progress().cancelled() && clock.instant().isBefore(plan.deadline()),
            other -> going.progress().waiting("waits for " + other));
    if (claim.isEmpty()) {
      return runner.notBegun();
    }
    try (var _ = claim.get()) {
      return runner.run();
    }
  }

  private static RunReport failed(Going going, String reason, String message) {
    return new RunReport(RunOutcome.FAILED, reason, message, going.progress().tables(), List.of());
  }

  /** Forgets a run that has been recorded. */
  void forget(ResourceID mart) {
    runs.remove(mart);
  }

  private Runnable waking(ResourceID mart) {
    var last = new AtomicReference<>(Instant.MIN);
    return () -> {
      var now = clock.instant();
      var before = last.get();
      if (before.isBefore(now.minus(BETWEEN_WAKES)) && last.compareAndSet(before, now)) {
        getEventHandler().handleEvent(new Event(mart));
      }
    };
  }

  @Override
  public Set<RunReport> getSecondaryResources(DataMart primary) {
    return Set.of();
  }
}
