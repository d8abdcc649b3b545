package dev.naru.bigquery.mart;

import com.google.api.client.util.Data;
import com.google.api.services.bigquery.model.Policy;
import com.google.api.services.bigquery.model.Table;
import dev.naru.bigquery.Failure;
import dev.naru.bigquery.Resources;
import dev.naru.bigquery.Sql;
import dev.naru.bigquery.TableId;
import dev.naru.runfile.Hashes;
import dev.naru.runfile.Warehouse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A target built anew beside itself: a table with all its governance before it holds a row, filled
 * by the publish, then renamed in place of the target, which is kept under another name for a
 * while. Why so: docs/decisions/0130.
 */
final class Swap {

  private static final int TRIES = 3;

  private final Resources resources;
  private final MartJobs jobs;
  private final RowPolicies policies;
  private final Warehouse warehouse;
  private final TablePublish.Order order;

  Swap(
      Resources resources,
      MartJobs jobs,
      RowPolicies policies,
      Warehouse warehouse,
      TablePublish.Order order) {
    this.resources = resources;
    this.jobs = jobs;
    this.policies = policies;
    this.warehouse = warehouse;
    this.order = order;
  }

  /** What is built beside the target in this run. */
  TableId id() {
    return named("");
  }

  /** Where the replaced table is kept for a while. */
  TableId old() {
    return named("_old");
  }

  private TableId named(String suffix) {
    var target = order.table().id();
    var run = Hashes.sha256Hex(order.run().key()).substring(0, 8);
    return new TableId(
        target.project(), target.dataset(), target.table() + "__naru_" + run + suffix);
  }

  /** The target whose rows are taken along, when they are: a full rebuild needs none of them. */
  Optional<Table> takesAlong(Table target) {
    return Shape.kind(target).equals("TABLE")
            && !(order.table().materialization() instanceof Materialization.Full)
        ? Optional.of(target)
        : Optional.empty();
  }

  /**
   * Makes the table beside, governed and without rows; it expires unless it is swapped in. One that
   * is there already may lack what comes after its creation: whoever made it died.
   */
  Table beside(Table target, Table staged) {
    var table = order.table();
    if (Shape.kind(target).equals("TABLE")) {
      policies.own(table);
    }
    if (resources.table(id()).isEmpty()) {
      resources.insert(
          id(),
          new Governance(warehouse, table)
              .create(
                  id(),
                  Governance.keeping(
                      ColumnTypes.fields(staged.getSchema()),
                      ColumnTypes.fields(target.getSchema())),
                  Optional.of(order.run().keepUntil())));
    }
    policies.realise(id(), table.rowPolicies());
    var access = resources.access(table.id());
    if (access.getBindings() != null && !access.getBindings().isEmpty()) {
      resources.setAccess(id(), new Policy().setBindings(access.getBindings()));
    }
    return resources.table(id()).orElseThrow(() -> new IllegalStateException("made just now"));
  }

  /** Puts what was built and published beside in the target's place; done already is fine. */
  void finish() {
    for (var attempt = 1; ; attempt++) {
      var beside = resources.table(id());
      if (beside.isEmpty()) {
        tidy();
        return;
      }
      resources
          .table(order.table().id())
          .ifPresent(has -> order.check(Optional.of(has), List.of()));
      stay(beside.get());
      try {
        rename();
      } catch (Failure e) {
        // it may have got half-way: look again
        if (attempt == TRIES) {
          throw e;
        }
      }
    }
  }

  /** From here on it is the target, and expires as that does. */
  private void stay(Table beside) {
    var expires =
        new Governance(warehouse, order.table())
            .expiry(order.run().started())
            .map(Instant::toEpochMilli);
    if (!Optional.ofNullable(beside.getExpirationTime()).equals(expires)) {
      resources.patch(
          id(),
          new Table().setExpirationTime(expires.orElse(Data.nullOf(Long.class))),
          beside.getEtag());
    }
  }

  private void rename() {
    var target = order.table().id();
    var in = "ALTER TABLE %s RENAME TO %s;".formatted(id().sql(), Sql.identifier(target.table()));
    var sql = resources.table(target).map(has -> aside(target, has) + "\n" + in).orElse(in);
    jobs.finish(
        new MartJobs.Step(order.run(), order.table(), "swap"),
        Parameters.job(sql, new Statement("", Map.of())),
        Cost.NOTHING);
  }

  private String aside(TableId target, Table has) {
    return switch (Shape.kind(has)) {
      case "VIEW" -> "DROP VIEW %s;".formatted(target.sql());
      case "MATERIALIZED_VIEW" -> "DROP MATERIALIZED VIEW %s;".formatted(target.sql());
      default ->
          "ALTER TABLE %s RENAME TO %s;".formatted(target.sql(), Sql.identifier(old().table()));
    };
  }

  /** The replaced table is nobody's and goes by itself; what took its place is looked at once. */
  void tidy() {
    var replaced = resources.table(old());
    if (replaced.isEmpty()
        || "replaced".equals(Ownership.labels(replaced.get()).get("naru_kind"))) {
      return;
    }
    if (Shape.kind(order.table().materialization()).equals("TABLE")) {
      policies.realise(order.table().id(), order.table().rowPolicies());
    }
    // last: it says that all of this is done
    resources.patch(
        old(),
        new Table()
            .setLabels(new TreeMap<>(Map.of("naru_kind", "replaced")))
            .setExpirationTime(order.run().keepUntil().toEpochMilli()),
        replaced.get().getEtag());
  }
}
