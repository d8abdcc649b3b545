package dev.naru.operator.mart;

import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.bigquery.Failure;
import dev.naru.bigquery.RetryableFailure;
import dev.naru.bigquery.TableId;
import dev.naru.bigquery.WarehouseReason;
import dev.naru.bigquery.mart.Allowance;
import dev.naru.bigquery.mart.Check;
import dev.naru.bigquery.mart.Cost;
import dev.naru.bigquery.mart.MartRun;
import dev.naru.bigquery.mart.MartWarehouse;
import dev.naru.bigquery.mart.RunCancelled;
import dev.naru.bigquery.mart.Seen;
import dev.naru.bigquery.mart.Statement;
import dev.naru.crds.v1alpha1.Severity;
import dev.naru.crds.v1alpha1.TableState;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** What a run does for one table after the other: build, check, publish, within the limits. */
public final class TableWork {

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(10);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

  /** So soon a cancel is seen. */
  private static final Duration STEP = Duration.ofSeconds(1);

  private final RunPlan plan;
  private final MartWarehouse warehouse;
  private final RunProgress progress;
  private final Clock clock;
  private final Pause pause;
  private final MartRun run;
  private final RunShares shares;
  private final RunBudget budget;
  private final Map<String, Seen> seen = new ConcurrentHashMap<>();
  private final Set<String> lost = ConcurrentHashMap.newKeySet();
  private final AtomicReference<Optional<String>> limited = new AtomicReference<>(Optional.empty());

  /** A publish that began in time may end after it. */
  static final Duration FOR_PUBLISHING = Duration.ofHours(1);

  /** Waits between two attempts. */
  @FunctionalInterface
  public interface Pause {
    void sleep(Duration time) throws InterruptedException;
  }

  TableWork(
      RunPlan plan,
      MartWarehouse warehouse,
      RunProgress progress,
      Clock clock,
      Pause pause,
      RunShares shares) {
    this.plan = plan;
    this.warehouse = warehouse;
    this.progress = progress;
    this.clock = clock;
    this.pause = pause;
    this.run =
        new MartRun(
            plan.key(),
            plan.id(),
            plan.mart().owner(),
            plan.started(),
            plan.keepUntil(),
            this::stopped,
            this::lost);
    this.shares = shares;
    this.budget = new RunBudget(plan.maxBytes(), plan.maxBytesPerTable(), shares.budget());
  }

  private void lost(TableId table, String job, long bytes) {
    if (bytes > 0 && lost.add(job)) {
      budget.spend(table.table(), bytes);
      progress.billed(table.table(), bytes);
    }
  }

  /** What a table would be billed for by a query: a view is made without reading anything. */
  private Cost building(RunPlan.Table table, Statement query) {
    return table.table().stored() ? attempt(() -> warehouse.estimate(query)).cost() : Cost.NOTHING;
  }

  /** What building and publishing a table would be billed for, as far as it can be told before. */
  long estimate(RunPlan.Table table) {
    var publishing =
        attempt(() -> warehouse.expected(table.table().target(), table.window(), table.written()));
    return building(table, plan.published(table)).plus(publishing).bytes();
  }

  /** What a limit has stopped, in its words; empty when nothing was. */
  Optional<String> limited() {
    return limited.get();
  }

  private void limited(String reason, String message) {
    if (reason.equals(MartReason.LIMIT_EXCEEDED.code())
        || reason.equals(WarehouseReason.BYTES_CAP_EXCEEDED.code())) {
      limited.compareAndSet(Optional.empty(), Optional.of(message));
    }
  }

  private boolean stopped() {
    return progress.cancelled() || !clock.instant().isBefore(plan.deadline());
  }

  /**
   * Builds a table and checks it; publishes it as well when tables are published one by one.
   * Whatever goes wrong is an answer.
   */
  TableEnd buildAndCheck(RunPlan.Table table) {
    try {
      if (stopped()) {
        throw new RunCancelled();
      }
      build(table);
      var broken = check(table);
      var fatal = broken.stream().filter(it -> !it.warns()).toList();
      if (!fatal.isEmpty()) {
        return failed(table, reason(fatal), RunReport.describe(fatal), broken);
      }
      progress.state(table.name(), TableState.CHECKED);
      if (!plan.together()) {
        publish(table, publishing(List.of(table)));
      }
      return new TableEnd.Passed(broken);
    } catch (RunBudget.Exceeded e) {
      return failed(table, MartReason.LIMIT_EXCEEDED.code(), e.getMessage(), List.of());
    } catch (RunCancelled e) {
      progress.state(table.name(), TableState.WAITING);
      return new TableEnd.Stopped();
    } catch (Failure e) {
      return stopped() && !progress.publishing()
          ? new TableEnd.Stopped()
          : failed(table, e.reason().code(), e.getMessage(), List.of());
    }
  }

  private TableEnd failed(
      RunPlan.Table table, String reason, String message, List<TableEnd.Broken> broken) {
    progress.update(table.name(), TableState.FAILED, 0, 0, message);
    limited(reason, message);
    return new TableEnd.Failed(reason, message, broken);
  }

  private static String reason(List<TableEnd.Broken> fatal) {
    return fatal.stream().anyMatch(it -> it.result() instanceof Check.Result.Failed)
        ? MartReason.CHECKS_FAILED.code()
        : MartReason.CHECK_BROKEN.code();
  }

  private void build(RunPlan.Table table) {
    progress.state(table.name(), TableState.BUILDING);
    var query = plan.candidate(table);
    var cost = building(table, query);
    MartWarehouse.Built built;
    try (var share = budget.take(table.name(), "Table " + table.name(), cost)) {
      built =
          attempt(
              () ->
                  warehouse.build(
                      run, table.table().target(), query, table.candidate(), share.most()));
      share.billed(built.bytesBilled());
    }
    seen.put(table.name(), built.seen());
    progress.update(table.name(), TableState.CHECKING, built.rows(), built.bytesBilled(), "");
    if (plan.together() && table.table().previewed() && hasReaders(table)) {
      attempt(
          () -> {
            warehouse.preview(
                run, table.table().target(), table.candidate(), table.window(), table.preview());
            return null;
          });
    }
  }

  private boolean hasReaders(RunPlan.Table table) {
    return !plan.mart().graph().below(Set.of(table.name())).isEmpty()
        || plan.tables().stream()
            .flatMap(it -> it.table().declared().checks().stream())
            .anyMatch(
                it ->
                    it.relationship() != null
                        && it.relationship()
                            .table()
                            .equals(plan.mart().dataset().name() + "." + table.name()));
  }

  private List<TableEnd.Broken> check(RunPlan.Table table) {
    var declared = table.table().declared().checks();
    var checks = RunChecks.of(plan, table);
    if (checks.isEmpty()) {
      return List.of();
    }
    var checked =
        attempt(
            () ->
                warehouse.check(
                    run,
                    table.table().target(),
                    table.candidate(),
                    checks,
                    cost -> checking(table, cost)));
    progress.update(table.name(), TableState.CHECKING, 0, checked.bytesBilled(), "");
    var warning =
        declared.stream()
            .filter(it -> it.severity() == Severity.WARN)
            .map(it -> it.name())
            .collect(Collectors.toSet());
    return checked.results().stream()
        .filter(it -> !(it instanceof Check.Result.Passed))
        .map(it -> new TableEnd.Broken(table.name(), it, warning.contains(it.name())))
        .toList();
  }

  private Allowance.Share checking(RunPlan.Table table, Cost cost) {
    try {
      return budget.take(table.name(), "Its query", cost);
    } catch (RunBudget.Exceeded e) {
      limited(MartReason.LIMIT_EXCEEDED.code(), e.getMessage());
      throw new ActionNeededFailure(WarehouseReason.BYTES_CAP_EXCEEDED, e.getMessage(), e);
    }
  }

  /**
   * Takes from the budget what publishing some tables costs, all of it before the first of them: a
   * publish that has begun is never stopped for money.
   *
   * @return what each of them may be billed for
   */
  Map<String, Allowance.Share> publishing(List<RunPlan.Table> tables) {
    var costs = new LinkedHashMap<String, Cost>();
    var begun = false;
    for (var table : tables) {
      costs.put(table.name(), Cost.NOTHING);
      if (budget.limits() || plan.mart().warehouse().maxBytesBilledPerQuery().isPresent()) {
        var publishing =
            attempt(
                () ->
                    warehouse.publishing(
                        run, table.table().target(), table.candidate(), table.window()));
        costs.put(table.name(), publishing.cost());
        begun |= publishing.done();
      }
    }
    var what =
        tables.size() == 1
            ? "Publishing table " + tables.getFirst().name()
            : "Publishing %d tables".formatted(tables.size());
    return budget.takeAll(what, costs, begun);
  }

  /** Makes a table visible. */
  void publish(RunPlan.Table table, Map<String, Allowance.Share> shares) {
    try (var share = shares.get(table.name())) {
      progress.state(table.name(), TableState.PUBLISHING);
      var published = attempt(() -> this.shares.oneByOne(() -> written(table)));
      share.billed(published.bytesBilled());
      progress.update(
          table.name(), TableState.PUBLISHED, published.rows(), published.bytesBilled(), "");
    }
  }

  private MartWarehouse.Published written(RunPlan.Table table) {
    return warehouse.publish(
        run,
        table.table().target(),
        table.candidate(),
        plan.published(table),
        table.window(),
        seen.get(table.name()),
        progress.tables().get(table.name()).bytes());
  }

  /**
   * Tries again what failed by no fault of the declaration, until the run has to end: an outage of
   * an hour in the night must not cost the day.
   */
  <T> T attempt(Supplier<T> step) {
    var until = progress.publishing() ? plan.deadline().plus(FOR_PUBLISHING) : plan.deadline();
    for (var wait = FIRST_PAUSE; ; wait = longer(wait)) {
      try {
        return step.get();
      } catch (RetryableFailure e) {
        if (!clock.instant().plus(wait).isBefore(until)) {
          throw e;
        }
        sleep(wait, e);
      }
    }
  }

  private static Duration longer(Duration wait) {
    var twice = wait.multipliedBy(2);
    return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
  }

  private void sleep(Duration time, RetryableFailure cause) {
    for (var left = time; left.isPositive(); left = left.minus(STEP)) {
      if (progress.cancelled() && !progress.publishing()) {
        throw (RunCancelled) new RunCancelled().initCause(cause);
      }
      try {
        pause.sleep(left.compareTo(STEP) < 0 ? left : STEP);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw cause;
      }
    }
  }
}
