package dev.naru.operator.mart;

import dev.naru.bigquery.Owner;
import dev.naru.bigquery.mart.DatasetSpec;
import dev.naru.bigquery.mart.MartTable;
import dev.naru.crds.v1alpha1.DataMartTable;
import dev.naru.runfile.Warehouse;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A DataMart together with what it refers to: it could run now.
 *
 * @param tables parents before their children
 * @param upstreams resources whose data it reads, by name
 * @param fingerprint changes with everything that decides the content of a table
 */
record ResolvedMart(
    Warehouse warehouse,
    Owner owner,
    DatasetSpec dataset,
    List<Table> tables,
    MartGraph graph,
    List<Upstream> upstreams,
    String fingerprint) {

  ResolvedMart {
    tables = List.copyOf(tables);
    upstreams = List.copyOf(upstreams);
  }

  /**
   * The same mart with some of its tables: one is built after those of them that it reads, directly
   * or through others.
   */
  ResolvedMart only(Set<String> names) {
    var parents = new LinkedHashMap<String, Set<String>>();
    graph.parents().keySet().stream()
        .filter(names::contains)
        .forEach(it -> parents.put(it, among(it, names, new LinkedHashSet<>())));
    return new ResolvedMart(
        warehouse,
        owner,
        dataset,
        tables.stream()
            .filter(it -> names.contains(it.name()))
            .map(it -> it.with(parents.get(it.name())))
            .toList(),
        new MartGraph(parents),
        upstreams,
        fingerprint);
  }

  /** The nearest of some tables that a table reads. */
  private Set<String> among(String table, Set<String> names, Set<String> found) {
    for (var parent : graph.parents().get(table)) {
      if (names.contains(parent)) {
        found.add(parent);
      } else {
        among(parent, names, found);
      }
    }
    return found;
  }

  /**
   * One table.
   *
   * @param sql as its author wrote it
   * @param parents tables of the mart that it is built from
   * @param builtFrom identifies what decides its rows
   */
  record Table(
      DataMartTable declared, MartTable target, String sql, Set<String> parents, String builtFrom) {

    private Table with(Set<String> others) {
      return new Table(declared, target, sql, others, builtFrom);
    }

    String name() {
      return declared.name();
    }

    /** Whether its rows are kept; of a view the query is, and making it reads nothing. */
    boolean stored() {
      return switch (MartWindows.type(declared)) {
        case TABLE, PARTITIONS, MERGE, UNKNOWN -> true;
        case VIEW, MATERIALIZED_VIEW -> false;
      };
    }

    /** Whether a candidate holds a part of the rows only, so that children read a preview. */
    boolean previewed() {
      return switch (MartWindows.type(declared)) {
        case PARTITIONS, MERGE -> true;
        case TABLE, VIEW, MATERIALIZED_VIEW, UNKNOWN -> false;
      };
    }
  }

  /**
   * A table that another resource fills.
   *
   * @param resource e.g. {@code IngestionJob reservations}
   * @param table {@code dataset.table}
   * @param dataThrough up to when it is complete; empty before the first run
   */
  record Upstream(String resource, String table, Optional<Instant> dataThrough) {}
}
