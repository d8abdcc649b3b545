package dev.naru.operator.backfill;

import dev.naru.crds.v1alpha1.BackfillOrder;
import dev.naru.crds.v1alpha1.BackfillSpec;
import dev.naru.crds.v1alpha1.Granularity;
import dev.naru.crds.v1alpha1.MaterializationType;
import dev.naru.operator.mart.MartHistory;
import dev.naru.operator.mart.Nearest;
import dev.naru.operator.status.Outcome;
import dev.naru.operator.status.Reason;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/**
 * What a Backfill would build, in its order. Pure: every process that looks sees the same
 * intervals.
 *
 * @param tables parents first
 */
record BackfillPlan(List<String> tables, List<Interval> intervals) {

  /** More would make neither status nor patience last. */
  static final int MAX_INTERVALS = 10_000;

  /** BigQuery changes no more in one job. */
  private static final int MAX_PARTITIONS = 4_000;

  BackfillPlan {
    tables = List.copyOf(tables);
    intervals = List.copyOf(intervals);
  }

  /** Where its earliest interval begins. */
  Instant begin() {
    return intervals.stream().map(Interval::from).min(Comparator.naturalOrder()).orElseThrow();
  }

  /** Where its latest interval ends. */
  Instant end() {
    return intervals.stream().map(Interval::to).max(Comparator.naturalOrder()).orElseThrow();
  }

  /** The plan cannot be made; a person must mend a field. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1;
    private final transient Outcome outcome;

    private Refused(Reason reason, String message) {
      super(message);
      this.outcome = new Outcome.Fail(reason, message);
    }

    Outcome outcome() {
      return outcome;
    }
  }

  static BackfillPlan of(BackfillSpec spec, MartHistory history, Instant now) throws Refused {
    if (spec.order() == BackfillOrder.UNKNOWN) {
      throw new Refused(
          Reason.UNSUPPORTED_SPEC,
          "spec.order: the stored value is unknown to this version of Naru, which knows OldestFirst and NewestFirst; upgrade Naru or write one of these");
    }
    var tables = tables(spec, history);
    var longest =
        tables.stream().max(Comparator.comparing(it -> granularity(history, it))).orElseThrow();
    var by = granularity(history, longest);
    var step = spec.partitionsPerInterval() == null ? 1 : spec.partitionsPerInterval();
    refuseTooLong(history, tables, by, step);
    var from = bound("spec.range.from", spec.range().from(), history, longest);
    var to = bound("spec.range.to", spec.range().to(), history, longest);
    if (!from.isBefore(to)) {
      throw invalid(
          "spec.range: it ends (%s) before it begins (%s): to must be later than from"
              .formatted(spec.range().to(), spec.range().from()));
    }
    var end = history.end(now);
    if (to.toInstant().isAfter(end)) {
      throw invalid(
          "spec.range.to: %s lies after %s, up to where DataMart %s can be complete now; what is newer is built by its runs"
              .formatted(
                  spec.range().to(), Interval.text(end.atZone(history.zone())), history.name()));
    }
    var intervals = intervals(history, from, to, by, step);
    if (spec.order() == BackfillOrder.NEWEST_FIRST) {
      Collections.reverse(intervals);
    }
    return new BackfillPlan(tables, intervals);
  }

  private static List<String> tables(BackfillSpec spec, MartHistory history) throws Refused {
    var all = history.tables();
    var allowed = all.stream().filter(it -> history.granularity(it).isPresent()).toList();
    if (allowed.isEmpty()) {
      throw invalid(
          "spec.dataMartRef: DataMart %s has no table of type Partitions, so there is no interval to build again; its runs build its tables whole (annotation naru.dev/run-requested-at)"
              .formatted(history.name()));
    }
    for (var table : spec.tables()) {
      if (!all.contains(table)) {
        throw invalid(
            "spec.tables: DataMart %s has no table '%s'%s; its tables of type Partitions are %s"
                .formatted(
                    history.name(),
                    table,
                    Nearest.suggestion(table, all),
                    String.join(", ", allowed)));
      }
      if (!allowed.contains(table)) {
        throw invalid(
            "spec.tables: table %s is of type %s, which has no partitions to build again: %s. Tables of type Partitions are %s"
                .formatted(
                    table,
                    word(history.type(table)),
                    instead(history.type(table)),
                    String.join(", ", allowed)));
      }
    }
    var tables =
        spec.tables().isEmpty() ? allowed : all.stream().filter(spec.tables()::contains).toList();
    var between = history.between(tables);
    if (between.isPresent()) {
      throw invalid(
          "spec.tables: table %s stands between two of them and keeps rows of its own, which a Backfill does not build: what reads it would get old rows. Fill the tables above it first, request a run of DataMart %s, then fill those below in another Backfill"
              .formatted(between.get(), history.name()));
    }
    return tables;
  }

  private static String word(MaterializationType type) {
    return switch (type) {
      case TABLE -> "Table";
      case VIEW -> "View";
      case MATERIALIZED_VIEW -> "MaterializedView";
      case PARTITIONS -> "Partitions";
      case MERGE -> "Merge";
      case UNKNOWN -> "unknown";
    };
  }

  private static String instead(MaterializationType type) {
    return switch (type) {
      case TABLE, UNKNOWN -> "every run of the mart builds it whole";
      case VIEW, MATERIALIZED_VIEW -> "it shows what the tables hold that it reads";
      case MERGE -> "runs of the mart bring in rows by key";
      case PARTITIONS -> throw new IllegalArgumentException("has partitions");
    };
  }

  private static Granularity granularity(MartHistory history, String table) {
    return history.granularity(table).orElseThrow();
  }

  private static void refuseTooLong(
      MartHistory history, List<String> tables, Granularity by, int step) throws Refused {
    var shortest =
        tables.stream().min(Comparator.comparing(it -> granularity(history, it))).orElseThrow();
    var each = hours(by) / hours(granularity(history, shortest)) * step;
    if (each > MAX_PARTITIONS) {
      throw invalid(
          "spec.partitionsPerInterval: one interval would have about %d partitions of table %s, and BigQuery changes at most %d at once: write a smaller number, or fill tables of long and of short partitions by Backfills of their own (spec.tables)"
              .formatted(each, shortest, MAX_PARTITIONS));
    }
  }

  private static long hours(Granularity by) {
    return switch (by) {
      case HOUR -> 1;
      case DAY -> 24;
      case MONTH -> 31 * 24;
      case YEAR -> 366 * 24;
      case UNKNOWN -> throw new IllegalStateException("refused before");
    };
  }

  private static ZonedDateTime bound(String path, String text, MartHistory history, String table)
      throws Refused {
    var zone = history.zone();
    ZonedDateTime at;
    try {
      at = Interval.read(text, zone);
    } catch (DateTimeException e) {
      throw invalid(path + ": '%s' is no day of the calendar".formatted(text));
    }
    var by = granularity(history, table);
    var begin = history.floor(at, by);
    if (!begin.isEqual(at)) {
      throw invalid(
          "%s: %s is not on the partitions of table %s, which are of one %s in time zone %s: write %s or %s"
              .formatted(
                  path,
                  text,
                  table,
                  by.name().toLowerCase(java.util.Locale.ROOT),
                  zone,
                  Interval.text(begin),
                  Interval.text(history.after(begin, by, 1))));
    }
    return at;
  }

  private static List<Interval> intervals(
      MartHistory history, ZonedDateTime from, ZonedDateTime to, Granularity by, int step)
      throws Refused {
    var intervals = new ArrayList<Interval>();
    for (var begin = from; begin.isBefore(to); ) {
      if (intervals.size() == MAX_INTERVALS) {
        throw invalid(
            "spec.range: it has more than %,d intervals. Write a larger spec.partitionsPerInterval, or fill it by several Backfills"
                .formatted(MAX_INTERVALS));
      }
      var next = history.after(begin, by, step);
      var end = next.isBefore(to) ? next : to;
      intervals.add(new Interval(begin.toInstant(), end.toInstant()));
      begin = end;
    }
    return intervals;
  }

  private static Refused invalid(String message) {
    return new Refused(Reason.INVALID_SPEC, message);
  }
}
