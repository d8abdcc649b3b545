package dev.naru.operator.mart;

import dev.naru.bigquery.Owner;
import dev.naru.bigquery.TableId;
import dev.naru.crds.v1alpha1.CheckType;
import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.DataMartSpec;
import dev.naru.crds.v1alpha1.DataMartTable;
import dev.naru.crds.v1alpha1.Granularity;
import dev.naru.crds.v1alpha1.MartCheck;
import dev.naru.crds.v1alpha1.MaterializationType;
import dev.naru.crds.v1alpha1.PublishPolicy;
import dev.naru.crds.v1alpha1.Severity;
import dev.naru.operator.mart.MartResolution.Resolved;
import dev.naru.operator.mart.MartResolution.Unresolved;
import dev.naru.operator.mart.ResolvedMart.Upstream;
import dev.naru.operator.schedule.Cron;
import dev.naru.operator.status.Outcome;
import dev.naru.operator.status.Reason;
import dev.naru.operator.warehouse.WarehouseDocument;
import dev.naru.runfile.Hashes;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Resolves references, checks what CEL cannot, finds the order of the tables. Pure. */
final class MartResolver {

  private static final String POLICY_TAG =
      "projects/[^/ ]+/locations/[^/ ]+/taxonomies/[0-9]+/policyTags/[0-9]+";

  private final DataMart mart;
  private final DataMartSpec spec;
  private final MartSurroundings around;
  private final Map<String, List<SqlNames.Name>> names = new HashMap<>();

  private MartResolver(DataMart mart, MartSurroundings around) {
    this.mart = mart;
    this.spec = mart.getSpec();
    this.around = around;
  }

  static MartResolution resolve(DataMart mart, MartSurroundings around) {
    return new MartResolver(mart, around).resolve();
  }

  private MartResolution resolve() {
    return problem()
        .or(this::scheduleProblem)
        .or(this::missingSql)
        .or(this::sameDataset)
        .<MartResolution>map(Unresolved::new)
        .orElseGet(this::withWarehouse);
  }

  private MartResolution withWarehouse() {
    var name = spec.warehouseRef().name();
    var warehouse = around.warehouses().apply(name);
    if (warehouse.isEmpty()) {
      return new Unresolved(
          missing("spec.warehouseRef: Warehouse %s does not exist".formatted(name)));
    }
    var document = WarehouseDocument.of(warehouse.get());
    if (document.opsDataset().equals(spec.dataset().name())) {
      return new Unresolved(
          invalid(
              "spec.dataset.name: %s is the opsDataset of Warehouse %s, where Naru keeps its ledger and unfinished tables; choose another dataset"
                  .formatted(spec.dataset().name(), name)));
    }
    var parents = parents(document.project());
    var graph = new MartGraph(parents);
    var order = graph.order();
    if (order.isEmpty()) {
      return new Unresolved(
          invalid(
              "spec.tables: %s is a cycle: no table of it can be built first. Take one of them out of the SQL (or dependsOn) of the next"
                  .formatted(String.join(" ← ", graph.cycle()))));
    }
    return new Resolved(resolved(document, graph, order.get()));
  }

  private ResolvedMart resolved(
      dev.naru.runfile.Warehouse warehouse, MartGraph graph, List<String> order) {
    var owner = Owner.dataMart(mart.getMetadata().getNamespace(), mart.getMetadata().getName());
    var byName = new LinkedHashMap<String, ResolvedMart.Table>();
    for (var i = 0; i < spec.tables().size(); i++) {
      var table = spec.tables().get(i);
      byName.put(
          table.name(),
          new ResolvedMart.Table(
              table,
              MartDocument.table(
                  "spec.tables[%d]".formatted(i),
                  table,
                  new TableId(warehouse.project(), spec.dataset().name(), table.name()),
                  owner),
              sql(table),
              graph.parents().get(table.name())));
    }
    return new ResolvedMart(
        warehouse,
        owner,
        MartDocument.dataset(spec.dataset(), owner),
        order.stream().map(byName::get).toList(),
        graph,
        upstreams(warehouse.project()),
        fingerprint(warehouse));
  }

  /** What must stay the same for a run that is going on to stay the same run. */
  private String fingerprint(dev.naru.runfile.Warehouse warehouse) {
    var parts = new ArrayList<String>();
    parts.add(warehouse.toString());
    parts.add(spec.dataset().name() + spec.publish() + new TreeMap<>(spec.variables()));
    parts.add("" + spec.timeout() + spec.keepFailed() + MartWindows.zone(spec));
    spec.tables().forEach(it -> parts.add(it + sql(it)));
    return Hashes.sha256Hex(parts.toArray(String[]::new)).substring(0, 16);
  }

  private String sql(DataMartTable table) {
    return around.sql(table.sql()).orElseThrow();
  }

  /** What the SQL of a table names; asked for the order and for the upstreams. */
  private List<SqlNames.Name> names(DataMartTable table) {
    return names.computeIfAbsent(table.name(), _ -> SqlNames.in(sql(table)));
  }

  private Map<String, Set<String>> parents(String project) {
    var tables = spec.tables().stream().map(DataMartTable::name).collect(Collectors.toSet());
    var parents = new LinkedHashMap<String, Set<String>>();
    for (var table : spec.tables()) {
      var of = new LinkedHashSet<String>();
      names(table).stream()
          .flatMap(name -> sibling(project, name).stream())
          .filter(tables::contains)
          .filter(it -> !it.equals(table.name()))
          .forEach(of::add);
      // what a check compares with has to be built before
      table.checks().stream()
          .flatMap(it -> compared(it).stream())
          .flatMap(name -> sibling(project, name).stream())
          .filter(tables::contains)
          .filter(it -> !it.equals(table.name()))
          .forEach(of::add);
      table.dependsOn().stream()
          .map(this::withoutDataset)
          .filter(tables::contains)
          .forEach(of::add);
      parents.put(table.name(), of);
    }
    return parents;
  }

  private static List<SqlNames.Name> compared(MartCheck check) {
    if (check.relationship() != null) {
      return SqlNames.in(check.relationship().table());
    }
    return check.query() == null ? List.of() : SqlNames.in(check.query());
  }

  /** The table of this mart's dataset that a name means. */
  private Optional<String> sibling(String project, SqlNames.Name name) {
    var prefix = spec.dataset().name() + ".";
    return name.table()
        .filter(it -> it.startsWith(prefix))
        .filter(_ -> name.project().map(project::equals).orElse(true))
        .map(it -> it.substring(prefix.length()));
  }

  private String withoutDataset(String dependency) {
    var prefix = spec.dataset().name() + ".";
    return dependency.startsWith(prefix) ? dependency.substring(prefix.length()) : dependency;
  }

  private List<Upstream> upstreams(String project) {
    var found = new TreeMap<String, Upstream>();
    for (var table : spec.tables()) {
      names(table)
          .forEach(
              name ->
                  name.table()
                      .flatMap(it -> around.filling(mart, name.project().orElse(project), it))
                      .ifPresent(it -> found.put(it.resource() + it.table(), it)));
      table
          .dependsOn()
          .forEach(
              it ->
                  around
                      .filling(mart, project, it)
                      .ifPresent(up -> found.put(up.resource() + up.table(), up)));
    }
    return List.copyOf(found.values());
  }

  private Optional<Outcome> problem() {
    if (spec.publish() == PublishPolicy.UNKNOWN) {
      return Optional.of(unknown("spec.publish", "WhenAllPass or EachWhenPasses"));
    }
    for (var i = 0; i < spec.tables().size(); i++) {
      var found = tableProblem("spec.tables[%d]".formatted(i), spec.tables().get(i));
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private Optional<Outcome> tableProblem(String path, DataMartTable table) {
    var type = MartWindows.type(table);
    if (type == MaterializationType.UNKNOWN) {
      return Optional.of(
          unknown(
              path + ".materialization.type",
              "Table, View, MaterializedView, Partitions or Merge"));
    }
    return partitionProblem(path, table)
        .or(() -> twice(path + ".checks", table.checks().stream().map(MartCheck::name).toList()))
        .or(() -> twice(path + ".columns", table.columns().stream().map(it -> it.name()).toList()))
        .or(
            () ->
                twice(
                    path + ".rowAccess", table.rowAccess().stream().map(it -> it.name()).toList()))
        .or(() -> policyTagProblem(path, table))
        .or(() -> dependencyProblem(path, table))
        .or(() -> checkProblem(path, table));
  }

  private static Optional<Outcome> partitionProblem(String path, DataMartTable table) {
    var by = MartDocument.partitionBy(table);
    if (by.filter(it -> it.granularity() == Granularity.UNKNOWN).isPresent()) {
      return Optional.of(
          unknown(path + ".materialization", "partitions of Hour, Day, Month or Year"));
    }
    if (Boolean.TRUE.equals(table.requirePartitionFilter()) && by.isEmpty()) {
      return Optional.of(
          invalid(
              path
                  + ".requirePartitionFilter: the table has no partitions to filter by; declare partitionBy in its materialization, or remove this field"));
    }
    var since = table.materialization() == null ? null : table.materialization().partitions();
    if (since != null && since.since() != null) {
      try {
        LocalDate.parse(since.since());
      } catch (DateTimeException e) {
        return Optional.of(
            invalid(
                path
                    + ".materialization.partitions.since: '%s' is no day of the calendar"
                        .formatted(since.since())));
      }
    }
    return Optional.empty();
  }

  private static Optional<Outcome> policyTagProblem(String path, DataMartTable table) {
    return table.columns().stream()
        .filter(it -> it.policyTag() != null && !it.policyTag().matches(POLICY_TAG))
        .findFirst()
        .map(
            it ->
                invalid(
                    "%s.columns[%s].policyTag: '%s' is no policy tag: write projects/PROJECT/locations/LOCATION/taxonomies/NUMBER/policyTags/NUMBER"
                        .formatted(path, it.name(), it.policyTag())));
  }

  private Optional<Outcome> dependencyProblem(String path, DataMartTable table) {
    var names = spec.tables().stream().map(DataMartTable::name).toList();
    for (var i = 0; i < table.dependsOn().size(); i++) {
      var wanted = withoutDataset(table.dependsOn().get(i));
      if (!wanted.contains(".") && !names.contains(wanted)) {
        return Optional.of(
            invalid(
                "%s.dependsOn[%d]: this DataMart has no table '%s'%s; a table of another dataset is written dataset.table"
                    .formatted(path, i, wanted, Nearest.suggestion(wanted, names))));
      }
    }
    return Optional.empty();
  }

  private static Optional<Outcome> checkProblem(String path, DataMartTable table) {
    for (var check : table.checks()) {
      if (check.type() == CheckType.UNKNOWN || check.severity() == Severity.UNKNOWN) {
        return Optional.of(
            unknown(
                "%s.checks[%s]".formatted(path, check.name()),
                "the types NotNull, Unique, Accepted, Range, Rows, Freshness, Relationship and Query, and the severities Fail and Warn"));
      }
      var other = check.relationship();
      if (other != null && other.columns().size() != check.columns().size()) {
        return Optional.of(
            invalid(
                "%s.checks[%s].relationship.columns: %d columns are compared with %d; name as many on both sides"
                    .formatted(
                        path, check.name(), check.columns().size(), other.columns().size())));
      }
      if (other != null && other.table().split("\\.", -1).length < 2) {
        return Optional.of(
            invalid(
                "%s.checks[%s].relationship.table: '%s' needs its dataset, such as raw_rental.cars"
                    .formatted(path, check.name(), other.table())));
      }
    }
    return Optional.empty();
  }

  private static Optional<Outcome> twice(String path, List<String> names) {
    var seen = new HashSet<String>();
    return names.stream()
        .filter(it -> !seen.add(it))
        .findFirst()
        .map(it -> invalid("%s: '%s' stands there twice; name it once".formatted(path, it)));
  }

  private Optional<Outcome> scheduleProblem() {
    if (spec.schedule() == null) {
      return Optional.empty();
    }
    try {
      Cron.parse(spec.schedule().cron(), MartWindows.zone(spec).getId());
      return Optional.empty();
    } catch (Cron.InvalidSchedule e) {
      return Optional.of(invalid("spec.schedule." + e.field() + ": " + e.getMessage()));
    } catch (DateTimeException e) {
      return Optional.of(
          invalid(
              "spec.schedule.timeZone: '%s' is no time zone: write an IANA name such as Asia/Seoul or UTC"
                  .formatted(spec.schedule().timeZone())));
    }
  }

  private Optional<Outcome> missingSql() {
    for (var i = 0; i < spec.tables().size(); i++) {
      var source = spec.tables().get(i).sql();
      if (around.sql(source).isEmpty()) {
        var reference = source.configMapKeyRef();
        var there = around.configMaps().apply(reference.name());
        var path = "spec.tables[%d].sql.configMapKeyRef: ".formatted(i);
        return Optional.of(
            missing(
                there
                    .map(
                        it ->
                            path
                                + "ConfigMap %s has no key %s, its keys are %s"
                                    .formatted(
                                        reference.name(),
                                        reference.key(),
                                        it.getData() == null
                                            ? "none"
                                            : String.join(
                                                ", ", new TreeMap<>(it.getData()).keySet())))
                    .orElse(
                        path
                            + "ConfigMap %s with label naru.dev/input=true does not exist"
                                .formatted(reference.name()))));
      }
    }
    return Optional.empty();
  }

  private Optional<Outcome> sameDataset() {
    return around
        .olderOfSameDataset(mart)
        .map(
            it ->
                invalid(
                    "spec.dataset.name: dataset %s is kept by DataMart %s, which is older; two would undo each other. Move the tables there, or choose another dataset"
                        .formatted(spec.dataset().name(), it.getMetadata().getName())));
  }

  private Outcome missing(String what) {
    return Outcome.Wait.onMissing(
        "%s in namespace %s: create it or correct the name"
            .formatted(what, mart.getMetadata().getNamespace()));
  }

  private static Outcome invalid(String message) {
    return new Outcome.Fail(Reason.INVALID_SPEC, message);
  }

  private static Outcome unknown(String path, String allowed) {
    return new Outcome.Fail(
        Reason.UNSUPPORTED_SPEC,
        path
            + ": the stored value is unknown to this version of Naru, which knows "
            + allowed
            + "; upgrade Naru or write one of these");
  }
}
