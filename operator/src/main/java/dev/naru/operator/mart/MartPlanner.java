package dev.naru.operator.mart;

import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.bigquery.Failure;
import dev.naru.bigquery.FailureReason;
import dev.naru.bigquery.TableId;
import dev.naru.bigquery.WarehouseReason;
import dev.naru.bigquery.mart.DeclaredNames;
import dev.naru.bigquery.mart.MartTable;
import dev.naru.bigquery.mart.MartWarehouse;
import dev.naru.bigquery.mart.MartWarehouse.Change;
import dev.naru.bigquery.mart.MartWarehouse.Column;
import dev.naru.crds.v1alpha1.MartPlan;
import dev.naru.operator.status.Texts;
import dev.naru.sql.SqlAnalyzer;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Looks at SQL and BigQuery before anything is billed: what the next run would read, what it would
 * change, who would notice. Repairs on the way what drifted of dataset and tables. Blocks.
 */
final class MartPlanner {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Set<FailureReason> ELSEWHERE =
      Set.of(
          WarehouseReason.WAREHOUSE_ACCESS_DENIED,
          WarehouseReason.WAREHOUSE_AUTHENTICATION_FAILED,
          WarehouseReason.DATASET_NOT_FOUND,
          WarehouseReason.TABLE_NOT_FOUND);
  private static final int MAX_CHANGES = 50;
  private static final int MAX_TEXT = 256;

  private final Warehouses warehouses;
  private final SqlAnalyzer analyzer;
  private final TableLocks locks;
  private final Clock clock;

  MartPlanner(Warehouses warehouses, SqlAnalyzer analyzer, TableLocks locks, Clock clock) {
    this.warehouses = warehouses;
    this.analyzer = analyzer;
    this.locks = locks;
    this.clock = clock;
  }

  /**
   * A question.
   *
   * @param next the run that would start now
   * @param readers who reads tables of the mart, its own parents first
   * @param doomed tables that are declared no more and shall be deleted
   * @param known {@code dataset.table} of all that resources of the namespace fill, for suggestions
   * @param unpublished tables of which status knows no publish, and whose windows depend on the
   *     last
   */
  record Question(
      RunPlan next,
      List<MartReader> readers,
      List<String> doomed,
      Set<String> known,
      Set<String> unpublished) {}

  PlanAnswer look(Question question) {
    var mart = question.next().mart();
    try (var warehouse =
        warehouses.open(mart.warehouse(), mart.owner(), clock.instant().plus(PATIENCE))) {
      var sql = new MartSql(analyzer, warehouse, question.next());
      var use = new ColumnUse(analyzer, sql::anyColumns, question.readers());
      return new Look(question, warehouse, sql, use, locks).look();
    } catch (ActionNeededFailure e) {
      return new PlanAnswer.Refused(
          e.reason().code(), e.getMessage(), false, Optional.empty(), elsewhere(e));
    } catch (Failure e) {
      return new PlanAnswer.Unknown(e.reason().code(), e.getMessage());
    }
  }

  /** Whether a grant, or a table that somebody else makes, mends it. */
  private static boolean elsewhere(ActionNeededFailure e) {
    return ELSEWHERE.contains(e.reason());
  }

  /** One look. */
  private static final class Look {

    private final Question question;
    private final RunPlan next;
    private final MartWarehouse warehouse;
    private final MartSql sql;
    private final ColumnUse use;
    private final TableLocks locks;
    private final List<String> changes = new ArrayList<>();
    private final List<String> repaired = new ArrayList<>();
    private final Set<String> external = new TreeSet<>();
    private final Set<String> missing = new HashSet<>();
    private final Map<String, MartWarehouse.Past> past = new HashMap<>();
    private long bytes;
    private int looked;
    private String unknown = "";
    private String silence = "";
    private boolean passes;

    Look(Question question, MartWarehouse warehouse, MartSql sql, ColumnUse use, TableLocks locks) {
      this.question = question;
      this.locks = locks;
      this.sql = sql;
      this.use = use;
      this.next = question.next();
      this.warehouse = warehouse;
    }

    PlanAnswer look() {
      repaired.addAll(warehouse.realise(next.mart().dataset()));
      for (var table : next.tables()) {
        var refused = table(table);
        if (refused.isPresent()) {
          return refused.get();
        }
      }
      var gone = question.doomed().stream().filter(this::deleted).toList();
      var all = next.tables().size();
      return new PlanAnswer.Planned(
          plan(),
          repaired,
          looked == all
              ? "All %d queries are valid%s"
                  .formatted(
                      all,
                      silence.isEmpty()
                          ? ""
                          : " by BigQuery's dry runs, and by nothing else: " + silence)
              : "%d of %d queries are valid; the others read tables that do not exist yet%s"
                  .formatted(looked, all, unknown.isEmpty() ? "" : ", and " + unknown),
          seen(all),
          gone,
          past);
    }

    private PlanAnswer.Seen seen(int all) {
      if (passes) {
        return PlanAnswer.Seen.BEFORE_ANALYZER;
      }
      if (!silence.isEmpty()) {
        return PlanAnswer.Seen.WITHOUT_ANALYZER;
      }
      return looked < all ? PlanAnswer.Seen.IN_PART : PlanAnswer.Seen.WHOLLY;
    }

    private Optional<PlanAnswer> table(RunPlan.Table table) {
      var target = table.table().target();
      var there = sql.find(target.id()).isPresent();
      if (!there) {
        missing.add(table.name());
      } else if (question.unpublished().contains(table.name())) {
        warehouse.past(target).ifPresent(it -> past.put(table.name(), it));
      }
      var analysis = sql.look(table);
      if (analysis instanceof MartSql.Look.Unknown(var why, var cause) && cause.silent()) {
        silence = why;
        passes |= cause.passes();
      }
      try {
        if (unbuilt(table)) {
          changes.add("table %s is created".formatted(table.name()));
          return switch (analysis) {
            case MartSql.Look.Valid(var columns) -> {
              looked++;
              yield unknownName(target, columns);
            }
            case MartSql.Look.Invalid(var words) -> Optional.of(invalid(table, words, false));
            case MartSql.Look.Unknown(var why, var _) -> {
              unknown = why;
              yield Optional.empty();
            }
          };
        }
        var estimate = warehouse.estimate(next.published(table));
        looked++;
        bytes += table.table().stored() ? estimate.cost().bytes() : 0;
        bytes += warehouse.expected(target, table.window(), table.written()).bytes();
        sql.learn(table, estimate.columns());
        estimate.referenced().stream().filter(this::foreign).forEach(it -> external.add(it + ""));
        var unknown = unknownName(target, estimate.columns());
        return unknown.isPresent()
            ? unknown
            : changed(table, warehouse.change(target, estimate.columns()), estimate.columns());
      } catch (ActionNeededFailure e) {
        // the analyzer knows the place and the nearest name
        return Optional.of(
            invalid(
                table,
                analysis instanceof MartSql.Look.Invalid(var words)
                    ? words
                    : e.getMessage() + near(table, e.getMessage()),
                elsewhere(e)));
      } finally {
        if (there) {
          repaired.addAll(repair(target));
        }
      }
    }

    /** A name in the manifest that is none of the columns: better told now than by every run. */
    private Optional<PlanAnswer> unknownName(MartTable target, List<Column> columns) {
      try {
        DeclaredNames.check(target, columns);
        return Optional.empty();
      } catch (ActionNeededFailure e) {
        return Optional.of(
            new PlanAnswer.Refused(
                e.reason().code(), e.getMessage(), false, Optional.of(plan()), false));
      }
    }

    /** A run or Backfill that works on the table asserts the same before it publishes. */
    private List<String> repair(MartTable target) {
      var claim =
          locks.acquire(
              "the look at DataMart " + target.owner(),
              Set.of(target.id().toString()),
              () -> false,
              _ -> {});
      if (claim.isEmpty()) {
        return List.of();
      }
      try (var _ = claim.get()) {
        return warehouse.realise(target);
      }
    }

    private String near(RunPlan.Table table, String refusal) {
      var named = SqlNames.distinct(table.table().sql());
      return Nearest.ofRefusal(
          refusal, named, question.known(), () -> sql.columns(named, question.known()));
    }

    private PlanAnswer invalid(RunPlan.Table table, String words, boolean elsewhere) {
      return new PlanAnswer.Refused(
          WarehouseReason.INVALID_QUERY.code(),
          "%s.sql: %s".formatted(table.table().target().path(), words),
          true,
          Optional.of(plan()),
          elsewhere);
    }

    /** Whether it reads what only a first run makes, of this mart or of another resource. */
    private boolean unbuilt(RunPlan.Table table) {
      return table.table().parents().stream().anyMatch(missing::contains)
          || sql.upstreams(table).stream().anyMatch(it -> sql.find(it).isEmpty());
    }

    private Optional<PlanAnswer> changed(RunPlan.Table table, Change change, List<Column> columns) {
      var target = table.table().target();
      var is = sql.find(target.id()).map(MartWarehouse.Existing::columns).orElse(List.of());
      var changed = TableChange.of(table, change, is, use);
      changes.addAll(changed.lines(columns.size()));
      return change.swaps() && !target.breakingChanges()
          ? Optional.of(
              new PlanAnswer.Refused(
                  WarehouseReason.BREAKING_CHANGE.code(),
                  changed.refusal(),
                  false,
                  Optional.of(plan()),
                  use.passes()))
          : Optional.empty();
    }

    private boolean foreign(TableId table) {
      return !table.dataset().equals(next.mart().dataset().name())
          && next.mart().upstreams().stream()
              .noneMatch(it -> it.table().equals(table.dataset() + "." + table.table()));
    }

    private boolean deleted(String name) {
      var mart = next.mart();
      return warehouse.delete(
          new TableId(mart.warehouse().project(), mart.dataset().name(), name), mart.owner());
    }

    private MartPlan plan() {
      return new MartPlan(
          next.mart().fingerprint(),
          bytes,
          next.tables().stream().map(RunPlan.Table::name).toList(),
          List.of(),
          bounded(changes),
          bounded(
              next.mart().upstreams().stream()
                  .map(it -> "%s (%s)".formatted(it.resource(), it.table()))
                  .toList()),
          bounded(MartReaders.resources(question.readers())),
          bounded(List.copyOf(external)));
    }

    private static List<String> bounded(List<String> all) {
      var more = all.size() - MAX_CHANGES;
      var some =
          new ArrayList<>(
              all.subList(0, Math.min(all.size(), more > 0 ? MAX_CHANGES - 1 : MAX_CHANGES)));
      if (more > 0) {
        some.add("and %d more".formatted(more + 1));
      }
      return some.stream().map(it -> Texts.cut(it, MAX_TEXT)).toList();
    }
  }
}
