package dev.naru.operator.mart;

import dev.naru.bigquery.Owner;
import dev.naru.bigquery.mart.DatasetSpec;
import dev.naru.bigquery.mart.MartTable;
import dev.naru.crds.v1alpha1.DataMartTable;
import dev.naru.runfile.Warehouse;
import java.time.Instant;
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
   * One table.
   *
   * @param sql as its author wrote it
   * @param parents tables of the mart that it is built from
   */
  record Table(DataMartTable declared, MartTable target, String sql, Set<String> parents) {

    String name() {
      return declared.name();
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
