package dev.naru.operator.mart;

import dev.naru.crds.v1alpha1.DataMartSpec;
import dev.naru.crds.v1alpha1.DataMartTable;
import dev.naru.crds.v1alpha1.MartRun;
import dev.naru.crds.v1alpha1.MartTablePlan;
import dev.naru.crds.v1alpha1.MartTableStatus;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;

/**
 * What the next run builds again of each table, in words that stay the same until something
 * happens: of the run that goes on, or of the next one by schedule. Where none is scheduled nobody
 * knows where its windows will end; then it is what any run builds at least. Pure.
 */
final class MartRebuilds {

  private static final String OTHERS_STAY = "stay as they were built before this change";

  private final ZoneId zone;
  private final Optional<Instant> end;

  private MartRebuilds(DataMartSpec spec, Optional<Instant> end) {
    this.zone = MartWindows.zone(spec);
    this.end = end;
  }

  /** One row for each table, in the order they are built. */
  static List<MartTablePlan> of(MartStep step, ResolvedMart mart) {
    var rebuilds = new MartRebuilds(step.mart.getSpec(), end(step));
    var known = new HashMap<String, MartTableStatus>();
    step.tables.forEach(it -> known.put(it.name(), it));
    return mart.tables().stream()
        .map(it -> rebuilds.of(it, Optional.ofNullable(known.get(it.name()))))
        .toList();
  }

  /** Where the windows of the next run end, when that is known. */
  private static Optional<Instant> end(MartStep step) {
    var spec = step.mart.getSpec();
    return step.running()
        .map(MartRun::dataThrough)
        // the end of one that was asked for moves on until it begins
        .or(
            () ->
                MartTrigger.due(step.mart, step.now)
                    .filter(it -> it.scheduled().isPresent())
                    .map(MartTrigger.Due::end))
        .or(() -> MartTrigger.next(spec, step.now).map(at -> MartWindows.end(spec, at)));
  }

  private MartTablePlan of(ResolvedMart.Table table, Optional<MartTableStatus> known) {
    var through = known.map(MartTableStatus::dataThrough);
    var changed =
        known
            .map(MartTableStatus::builtFrom)
            .filter(it -> !it.equals(table.builtFrom()))
            .isPresent();
    var declared = table.declared();
    return switch (MartWindows.type(declared)) {
      case PARTITIONS ->
          new MartTablePlan(
              table.name(),
              partitions(declared, through),
              changed ? OTHERS_STAY + "; a Backfill builds them again" : null);
      case MERGE ->
          new MartTablePlan(table.name(), rows(declared, through), changed ? OTHERS_STAY : null);
      case TABLE, UNKNOWN -> new MartTablePlan(table.name(), "all rows", null);
      case VIEW, MATERIALIZED_VIEW -> new MartTablePlan(table.name(), "the stored query", null);
    };
  }

  private String partitions(DataMartTable table, Optional<Instant> through) {
    var by = MartWindows.partitions(table).orElseThrow();
    if (end.isEmpty()) {
      return newest(table, through);
    }
    var window = MartWindows.of(table, zone, end.get(), through);
    var first = window.start().atZone(zone);
    var last = PartitionTime.floor(window.end().minusMillis(1).atZone(zone), by);
    var count = PartitionTime.count(first, last, by);
    return count == 1
        ? "1 partition, " + PartitionTime.name(first, by)
        : "%d partitions, %s to %s"
            .formatted(count, PartitionTime.name(first, by), PartitionTime.name(last, by));
  }

  private String newest(DataMartTable table, Optional<Instant> through) {
    var declared = table.materialization().partitions();
    var by = MartWindows.partitions(table).orElseThrow();
    var count = declared.rebuildPartitions() == null ? 1 : declared.rebuildPartitions();
    var newest = count == 1 ? "the newest partition" : "the newest %d partitions".formatted(count);
    return through
        .map(it -> PartitionTime.name(PartitionTime.floor(it.atZone(zone), by), by))
        .or(() -> Optional.ofNullable(declared.since()))
        .map(it -> newest + ", and all from " + it + " on")
        .orElse(newest);
  }

  private String rows(DataMartTable table, Optional<Instant> through) {
    if (through.isEmpty()) {
      return "all rows, by key";
    }
    return end.map(it -> MartWindows.of(table, zone, it, through))
        .map(
            it ->
                MartWindows.mayBeEmpty(table, it)
                    ? "no rows, it is complete up to " + it.end()
                    : "rows by key, %s to %s".formatted(it.start(), it.end()))
        .orElseGet(() -> "rows by key, from %s on".formatted(through.get()));
  }
}
