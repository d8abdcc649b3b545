package dev.naru.operator.mart;

import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.DataMartSpec;
import dev.naru.crds.v1alpha1.DataMartStatus;
import dev.naru.crds.v1alpha1.DataMartTable;
import dev.naru.crds.v1alpha1.Granularity;
import dev.naru.crds.v1alpha1.MartTableStatus;
import dev.naru.crds.v1alpha1.MaterializationType;
import dev.naru.crds.v1alpha1.RunOutcome;
import dev.naru.runfile.Hashes;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/** A mart that could be built, as a Backfill sees it. Pure. */
public final class MartHistory {

  private final DataMart mart;
  private final ResolvedMart resolved;

  MartHistory(DataMart mart, ResolvedMart resolved) {
    this.mart = mart;
    this.resolved = resolved;
  }

  /** Name of the DataMart. */
  public String name() {
    return mart.getMetadata().getName();
  }

  DataMartSpec spec() {
    return mart.getSpec();
  }

  ResolvedMart resolved() {
    return resolved;
  }

  /** The zone in which its days begin. */
  public ZoneId zone() {
    return MartWindows.zone(spec());
  }

  /** Up to when its data can be complete; what comes later is the business of its runs. */
  public Instant end(Instant now) {
    return MartWindows.end(spec(), now);
  }

  /** Whether a run of it goes on. */
  public boolean runs() {
    return Optional.ofNullable(mart.getStatus())
        .map(DataMartStatus::lastRun)
        .filter(it -> it.result() == RunOutcome.RUNNING)
        .isPresent();
  }

  /** Names of its tables, parents first. */
  public List<String> tables() {
    return resolved.tables().stream().map(ResolvedMart.Table::name).toList();
  }

  /** How a table is kept. */
  public MaterializationType type(String table) {
    return MartWindows.type(declared(table));
  }

  /** Length of a table's partitions; empty when it is not of type Partitions. */
  public Optional<Granularity> granularity(String table) {
    return type(table) == MaterializationType.PARTITIONS
        ? MartWindows.partitions(declared(table))
        : Optional.empty();
  }

  /** Where the partition that holds a moment begins. */
  public ZonedDateTime floor(ZonedDateTime at, Granularity by) {
    return PartitionTime.floor(at, by);
  }

  /** Where the partition begins that comes so many after another. */
  public ZonedDateTime after(ZonedDateTime from, Granularity by, long steps) {
    return PartitionTime.after(from, by, steps);
  }

  /** What a run of the mart may be billed for. */
  public Optional<Long> maxBytesPerRun() {
    return RunPlan.limit(spec(), it -> it.limits().maxBytesBilledPerRun());
  }

  /** What of the mart's upstreams is not complete up to a moment, for people. */
  public Optional<String> late(Instant end) {
    var late = MartTrigger.late(spec(), resolved.upstreams(), end);
    return late.isEmpty() ? Optional.empty() : Optional.of(MartTrigger.describe(late));
  }

  /** What decides the rows of some tables: another value means that they would be other rows. */
  public String contents(Collection<String> tables) {
    var parts = new ArrayList<String>();
    parts.add(resolved.warehouse().project() + " " + resolved.dataset().name() + " " + zone());
    parts.add(new TreeMap<>(spec().variables()).toString());
    for (var table : resolved.tables()) {
      if (tables.contains(table.name())) {
        parts.add(table.name() + table.declared().materialization() + table.sql());
      }
    }
    return Hashes.sha256Hex(parts.toArray(String[]::new)).substring(0, 16);
  }

  /** Tables of the mart that are built from some, directly or not, and are not among them. */
  public List<String> readers(Collection<String> tables) {
    return resolved.graph().below(tables).stream()
        .filter(it -> type(it) != MaterializationType.VIEW)
        .toList();
  }

  /**
   * A table that stands between two of some tables, keeps rows of its own and is not among them:
   * what is built from it would be built from old rows.
   */
  public Optional<String> between(Collection<String> tables) {
    return between(tables, it -> type(it) != MaterializationType.VIEW);
  }

  /** Whether one of some tables reads another through a view. */
  boolean throughViews(Collection<String> tables) {
    return between(tables, it -> type(it) == MaterializationType.VIEW).isPresent();
  }

  private Optional<String> between(Collection<String> tables, Predicate<String> kind) {
    var above = resolved.graph().above(tables);
    return resolved.graph().below(tables).stream()
        .filter(it -> !tables.contains(it) && above.contains(it) && kind.test(it))
        .findFirst();
  }

  /** Changes when a run of the mart publishes one of some tables: what was built before is old. */
  String published(Collection<String> tables) {
    return Optional.ofNullable(mart.getStatus())
        .map(DataMartStatus::tables)
        .orElse(List.of())
        .stream()
        .filter(it -> tables.contains(it.name()))
        .map(MartTableStatus::publishedAt)
        .toList()
        .toString();
  }

  private DataMartTable declared(String table) {
    return spec().tables().stream().filter(it -> it.name().equals(table)).findFirst().orElseThrow();
  }
}
