package dev.naru.bigquery.mart;

import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.bigquery.Owner;
import dev.naru.bigquery.TableId;
import dev.naru.bigquery.WarehouseReason;
import dev.naru.runfile.RunFile.Granularity;
import dev.naru.runfile.RunFile.Partitioning;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/** A mart's parts as tests write them. */
final class MartFixture {

  static final Owner OWNER = Owner.dataMart("rental", "soda-store");
  static final ZoneId ZONE = ZoneId.of("UTC");
  static final Partitioning BY_DAY = new Partitioning("day", Granularity.DAY, Optional.empty());

  /** Of a publish that was done before: nobody looks at its target. */
  static final Seen UNSEEN = new Seen("", Instant.EPOCH);

  private MartFixture() {}

  /** The run of a key, decided at the start of this day: nothing that it stages has expired. */
  static MartRun run(String key) {
    return run(key, () -> false, (_, _, _) -> {});
  }

  /** As above, of a person who may cancel it and wants to know what was spent for nothing. */
  static MartRun run(String key, BooleanSupplier cancelled, MartRun.Lost lost) {
    var started = Instant.now().truncatedTo(ChronoUnit.DAYS);
    return new MartRun(
        key, "s-" + key, OWNER, started, started.plus(3, ChronoUnit.DAYS), cancelled, lost);
  }

  /** From one day, inclusive, to another, exclusive. */
  static Window days(String from, String to) {
    return days(ZONE, from, to);
  }

  /** As above, of the days of a zone. */
  static Window days(ZoneId zone, String from, String to) {
    return new Window(
        LocalDate.parse(from).atStartOfDay(zone).toInstant(),
        LocalDate.parse(to).atStartOfDay(zone).toInstant(),
        zone);
  }

  /** A query without parameters. */
  static Statement sql(String text) {
    return new Statement(text, Map.of());
  }

  /** A table declared with little. */
  static MartTable table(TableId id, Materialization materialization) {
    return new MartTable(
        "spec.tables[0]",
        id,
        OWNER,
        Optional.empty(),
        Map.of(),
        materialization,
        List.of(),
        Optional.empty(),
        false,
        List.of(),
        List.of(),
        false,
        false);
  }

  /** As declared, but with governance. */
  static MartTable governed(
      MartTable t, List<MartTable.ColumnSpec> columns, List<MartTable.RowPolicy> policies) {
    return new MartTable(
        t.path(),
        t.id(),
        t.owner(),
        Optional.of("One row per car and day"),
        Map.of("team", "pricing"),
        t.materialization(),
        t.clusterBy(),
        t.expirationDays(),
        t.requirePartitionFilter(),
        columns,
        policies,
        t.breakingChanges(),
        t.adopt());
  }

  /** As declared, but demanding a filter. */
  static MartTable filtered(MartTable t) {
    return new MartTable(
        t.path(),
        t.id(),
        t.owner(),
        t.description(),
        t.labels(),
        t.materialization(),
        List.of("id"),
        Optional.of(30),
        true,
        t.columns(),
        t.rowPolicies(),
        t.breakingChanges(),
        t.adopt());
  }

  /** As declared, with a person's word on breaking changes. */
  static MartTable breaking(MartTable t) {
    return new MartTable(
        t.path(),
        t.id(),
        t.owner(),
        t.description(),
        t.labels(),
        t.materialization(),
        t.clusterBy(),
        t.expirationDays(),
        t.requirePartitionFilter(),
        t.columns(),
        t.rowPolicies(),
        true,
        t.adopt());
  }

  /** As declared, but another's. */
  static MartTable of(MartTable t, Owner owner, boolean adopt) {
    return new MartTable(
        t.path(),
        t.id(),
        owner,
        t.description(),
        t.labels(),
        t.materialization(),
        t.clusterBy(),
        t.expirationDays(),
        t.requirePartitionFilter(),
        t.columns(),
        t.rowPolicies(),
        t.breakingChanges(),
        adopt);
  }

  /** For queries that are sent one after the other. */
  static Allowance upTo(long bytes) {
    var spent = new AtomicLong();
    return cost -> {
      var left = bytes - spent.get();
      if (cost.bytes() > left) {
        throw new ActionNeededFailure(
            WarehouseReason.BYTES_CAP_EXCEEDED,
            "it would be billed for %d bytes, and %d are left of the limit; it was not run"
                .formatted(cost.bytes(), Math.max(left, 0)));
      }
      return new Allowance.Share() {
        @Override
        public long most() {
          return cost.within(left);
        }

        @Override
        public void billed(long billed) {
          spent.addAndGet(billed);
        }

        @Override
        public void close() {}
      };
    };
  }
}
