package dev.naru.operator.mart;

import dev.naru.bigquery.Owner;
import dev.naru.bigquery.TableId;
import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.DataMartSpec;
import dev.naru.crds.v1alpha1.DataMartTable;
import dev.naru.operator.mart.MartResolution.Resolved;
import dev.naru.operator.mart.MartResolution.Unresolved;
import dev.naru.operator.status.Outcome;
import dev.naru.operator.warehouse.WarehouseDocument;
import dev.naru.runfile.Hashes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** Resolves references and finds the order of the tables. Pure. */
final class MartResolver {

  private final DataMart mart;
  private final DataMartSpec spec;
  private final MartSurroundings around;
  private final MartReads reads;

  private MartResolver(DataMart mart, MartSurroundings around) {
    this.mart = mart;
    this.spec = mart.getSpec();
    this.around = around;
    this.reads = new MartReads(mart, around);
  }

  static MartResolution resolve(DataMart mart, MartSurroundings around) {
    return new MartResolver(mart, around).resolve();
  }

  private MartResolution resolve() {
    return SpecProblems.first(spec)
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
          SpecProblems.invalid(
              "spec.dataset.name: %s is the opsDataset of Warehouse %s, where Naru keeps its ledger and unfinished tables; choose another dataset"
                  .formatted(spec.dataset().name(), name)));
    }
    var graph = new MartGraph(reads.parents(document.project()));
    var order = graph.order();
    if (order.isEmpty()) {
      return new Unresolved(
          SpecProblems.invalid(
              "spec.tables: %s is a cycle: no table of it can be built first. Take one of them out of the SQL (or dependsOn) of the next"
                  .formatted(String.join(" ← ", graph.cycle()))));
    }
    return new Resolved(resolved(document, graph, order.get()));
  }

  private ResolvedMart resolved(
      dev.naru.runfile.Warehouse warehouse, MartGraph graph, List<String> order) {
    var owner = Owner.dataMart(mart.getMetadata().getNamespace(), mart.getMetadata().getName());
    var index = new HashMap<String, Integer>();
    for (var i = 0; i < spec.tables().size(); i++) {
      index.put(spec.tables().get(i).name(), i);
    }
    var tables = new LinkedHashMap<String, ResolvedMart.Table>();
    for (var name : order) {
      var table = spec.tables().get(index.get(name));
      var sql = sql(table);
      var parents = graph.parents().get(name);
      tables.put(
          name,
          new ResolvedMart.Table(
              table,
              MartDocument.table(
                  "spec.tables[%d]".formatted(index.get(name)),
                  table,
                  new TableId(warehouse.project(), spec.dataset().name(), name),
                  owner),
              sql,
              parents,
              RowOrigin.of(
                  spec,
                  table,
                  sql,
                  parents.stream().map(tables::get).map(ResolvedMart.Table::builtFrom).toList())));
    }
    return new ResolvedMart(
        warehouse,
        owner,
        MartDocument.dataset(spec.dataset(), owner),
        List.copyOf(tables.values()),
        graph,
        reads.upstreams(warehouse.project()),
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
                SpecProblems.invalid(
                    "spec.dataset.name: dataset %s is kept by DataMart %s, which is older; two would undo each other. Move the tables there, or choose another dataset"
                        .formatted(spec.dataset().name(), it.getMetadata().getName())));
  }

  private Outcome missing(String what) {
    return Outcome.Wait.onMissing(
        "%s in namespace %s: create it or correct the name"
            .formatted(what, mart.getMetadata().getNamespace()));
  }
}
