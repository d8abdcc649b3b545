package dev.naru.operator.mart;

import dev.naru.bigquery.Failure;
import dev.naru.bigquery.WarehouseReason;
import dev.naru.bigquery.mart.Allowance;
import dev.naru.bigquery.mart.MartWarehouse;
import dev.naru.bigquery.mart.RunCancelled;
import dev.naru.crds.v1alpha1.RunOutcome;
import dev.naru.crds.v1alpha1.TableState;
import dev.naru.operator.kube.LogContext;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a mart, from its dataset to its last publish. Every step may be repeated after a
 * crash: jobs are adopted by their ids, a publish that was done is not done again. Blocks; belongs
 * on a virtual thread.
 */
final class MartRunner {

  private static final Logger LOG = LoggerFactory.getLogger(MartRunner.class);

  private static final String NOTHING_PUBLISHED =
      ". Nothing was published: every table keeps the rows of the run before.";

  private final RunPlan plan;
  private final MartWarehouse warehouse;
  private final RunProgress progress;
  private final TableWork work;
  private final Semaphore slots;

  /** A run that shares nothing with others. */
  MartRunner(
      RunPlan plan,
      MartWarehouse warehouse,
      RunProgress progress,
      Clock clock,
      TableWork.Pause pause) {
    this(plan, warehouse, progress, clock, pause, new RunShares());
  }

  MartRunner(
      RunPlan plan,
      MartWarehouse warehouse,
      RunProgress progress,
      Clock clock,
      TableWork.Pause pause,
      RunShares shares) {
    this.plan = plan;
    this.warehouse = warehouse;
    this.progress = progress;
    this.work = new TableWork(plan, warehouse, progress, clock, pause, shares);
    this.slots = new Semaphore(plan.parallelism());
  }

  /**
   * Opens the warehouse for a plan and works there; whatever goes wrong is an answer.
   *
   * @param what is worked on, for people
   */
  static RunReport guarded(
      Warehouses warehouses,
      RunPlan plan,
      RunProgress progress,
      String what,
      Function<MartWarehouse, RunReport> work) {
    try (var warehouse =
        warehouses.open(
            plan.mart().warehouse(),
            plan.mart().owner(),
            plan.deadline().plus(TableWork.FOR_PUBLISHING))) {
      return work.apply(warehouse);
    } catch (Failure e) {
      return failed(progress, e.reason().code(), e.getMessage());
    } catch (RuntimeException e) {
      // a mistake of ours: it must end all the same, or its mart or Backfill would wait for ever
      LOG.atError().setCause(e).addKeyValue("plan", plan.id()).log(what + " broke");
      return failed(
          progress,
          MartReason.BROKEN.code(),
          "The operator failed at this %s, see its log: %s".formatted(what, e));
    }
  }

  private static RunReport failed(RunProgress progress, String reason, String message) {
    return new RunReport(RunOutcome.FAILED, reason, message, progress.tables(), List.of());
  }

  /**
   * Runs to the end. What it has staged stays until it expires: a repeat of the run finds it, as
   * long as nobody has written down how the run ended.
   */
  RunReport run() {
    try {
      work.attempt(() -> warehouse.realise(plan.mart().dataset()));
      refuseTooMuch();
    } catch (RunBudget.Exceeded e) {
      return exceeded(e.getMessage(), List.of());
    } catch (Failure e) {
      return report(RunOutcome.FAILED, e.reason().code(), e.getMessage(), List.of());
    } catch (RunCancelled e) {
      return stoppedReport(List.of());
    }
    var ends = buildAll();
    var broken = ends.values().stream().flatMap(it -> it.broken().stream()).toList();
    if (ends.values().stream().anyMatch(TableEnd.Failed.class::isInstance)) {
      return failedReport(ends, broken);
    }
    if (ends.values().stream().anyMatch(TableEnd.Stopped.class::isInstance)) {
      return stoppedReport(broken);
    }
    return plan.together() ? publishAll(broken) : succeeded(broken);
  }

  /** The report of a run that was stopped before it began. */
  RunReport notBegun() {
    return stoppedReport(List.of());
  }

  /**
   * Adds up what can be estimated before anything is built. A table whose parent does not exist yet
   * cannot be; it is looked at before it is built.
   */
  private void refuseTooMuch() {
    if (plan.maxBytes().isEmpty()) {
      return;
    }
    var sum = 0L;
    var largest = "";
    var most = -1L;
    for (var table : plan.tables()) {
      var known =
          table.table().parents().stream()
              .allMatch(it -> warehouse.find(plan.table(it).table().target().id()).isPresent());
      if (known) {
        var bytes = work.estimate(table);
        sum += bytes;
        if (bytes > most) {
          most = bytes;
          largest = table.name();
        }
      }
    }
    if (sum > plan.maxBytes().get()) {
      throw new RunBudget.Exceeded(
          "The run would read %s, %s of it for table %s, and spec.limits.maxBytesBilledPerRun allows %s. Nothing was spent. Narrow the queries or their windows (a filter on the partition column), or raise the limit"
              .formatted(
                  RunBudget.bytes(sum),
                  RunBudget.bytes(most),
                  largest,
                  RunBudget.bytes(plan.maxBytes().get())));
    }
  }

  private Map<String, TableEnd> buildAll() {
    var context = LogContext.here();
    var ends = new LinkedHashMap<String, CompletableFuture<TableEnd>>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var table : plan.tables()) {
        var parents = new LinkedHashMap<String, CompletableFuture<TableEnd>>();
        table.table().parents().forEach(it -> parents.put(it, ends.get(it)));
        var ready = CompletableFuture.allOf(parents.values().toArray(CompletableFuture[]::new));
        ends.put(
            table.name(),
            ready.thenApplyAsync(
                _ -> {
                  context.enter();
                  return afterParents(table, parents);
                },
                threads));
      }
      // inside: a pool that is closed starts none of the threads that follow
      var result = new LinkedHashMap<String, TableEnd>();
      ends.forEach((name, end) -> result.put(name, end.join()));
      return result;
    }
  }

  private TableEnd afterParents(
      RunPlan.Table table, Map<String, CompletableFuture<TableEnd>> parents) {
    for (var parent : parents.entrySet()) {
      switch (parent.getValue().join()) {
        case TableEnd.Passed _ -> {}
        case TableEnd.Stopped _ -> {
          return new TableEnd.Stopped();
        }
        case TableEnd.Failed _, TableEnd.Skipped _ -> {
          progress.update(
              table.name(), TableState.SKIPPED, 0, 0, "not built: " + parent.getKey() + " failed");
          return new TableEnd.Skipped(parent.getKey());
        }
      }
    }
    slots.acquireUninterruptibly();
    try {
      return work.buildAndCheck(table);
    } finally {
      slots.release();
    }
  }

  private RunReport publishAll(List<TableEnd.Broken> broken) {
    Map<String, Allowance.Share> shares;
    try {
      shares = work.publishing(plan.tables());
    } catch (RunBudget.Exceeded e) {
      return exceeded(e.getMessage() + NOTHING_PUBLISHED, broken);
    } catch (Failure e) {
      var message = e.getMessage().replaceFirst("\\.$", "") + NOTHING_PUBLISHED;
      return report(RunOutcome.FAILED, e.reason().code(), message, broken);
    } catch (RunCancelled e) {
      return stoppedReport(broken);
    }
    try {
      return publishAll(broken, shares);
    } finally {
      shares.values().forEach(Allowance.Share::close);
    }
  }

  private RunReport publishAll(List<TableEnd.Broken> broken, Map<String, Allowance.Share> shares) {
    if (!progress.beginPublishing()) {
      return stoppedReport(broken);
    }
    var done = new ArrayList<String>();
    for (var table : plan.tables()) {
      try {
        work.publish(table, shares);
        done.add(table.name());
      } catch (Failure e) {
        progress.update(table.name(), TableState.FAILED, 0, 0, e.getMessage());
        return report(
            RunOutcome.FAILED,
            e.reason().code(),
            "Table %s could not be published: %s%s"
                .formatted(
                    table.name(),
                    e.getMessage(),
                    done.isEmpty()
                        ? ""
                        : " Published were %s; the others keep the rows of the run before"
                            .formatted(String.join(", ", done))),
            broken);
      }
    }
    return succeeded(broken);
  }

  private RunReport succeeded(List<TableEnd.Broken> broken) {
    var report = report(RunOutcome.SUCCEEDED, MartReason.PUBLISHED.code(), "", broken);
    return new RunReport(
        report.result(),
        report.reason(),
        "%d tables published, %,d rows, %s billed"
            .formatted(report.publishedTables(), report.rows(), RunBudget.bytes(report.bytes())),
        report.tables(),
        broken,
        report.limited());
  }

  private RunReport failedReport(Map<String, TableEnd> ends, List<TableEnd.Broken> broken) {
    var failures = new ArrayList<String>();
    var reason = "";
    for (var end : ends.entrySet()) {
      if (end.getValue() instanceof TableEnd.Failed(var why, var message, var _)) {
        reason = reason.isEmpty() ? why : reason;
        failures.add("Table %s: %s".formatted(end.getKey(), message));
      }
    }
    var skipped = ends.values().stream().filter(TableEnd.Skipped.class::isInstance).count();
    var consequence =
        plan.together() ? NOTHING_PUBLISHED : ". Failed tables keep the rows of the run before.";
    return report(
        RunOutcome.FAILED,
        reason,
        String.join(" ", failures)
            + consequence
            + (skipped > 0 ? " %d tables that read them were not built.".formatted(skipped) : ""),
        broken);
  }

  private RunReport stoppedReport(List<TableEnd.Broken> broken) {
    return progress.cancelled()
        ? report(
            RunOutcome.CANCELLED,
            MartReason.CANCELLED.code(),
            "Stopped by request; nothing more was published",
            broken)
        : report(
            RunOutcome.FAILED,
            MartReason.TIMED_OUT.code(),
            "The run did not end within spec.timeout and was stopped. Raise it, or look which table takes long: status.tables",
            broken);
  }

  private RunReport exceeded(String message, List<TableEnd.Broken> broken) {
    return new RunReport(
        RunOutcome.FAILED,
        MartReason.LIMIT_EXCEEDED.code(),
        message,
        progress.tables(),
        broken,
        Optional.of(message));
  }

  private RunReport report(
      RunOutcome result, String reason, String message, List<TableEnd.Broken> broken) {
    var limited =
        reason.equals(WarehouseReason.BYTES_CAP_EXCEEDED.code())
            ? Optional.of(message)
            : work.limited();
    return new RunReport(result, reason, message, progress.tables(), broken, limited);
  }
}
