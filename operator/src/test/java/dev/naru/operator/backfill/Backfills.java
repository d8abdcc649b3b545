package dev.naru.operator.backfill;

import dev.naru.crds.v1alpha1.Backfill;
import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.operator.mart.Marts;
import io.fabric8.kubernetes.client.utils.Serialization;

/** Backfills and their marts for tests. */
final class Backfills {

  private Backfills() {}

  static Backfill backfill(String spec) {
    return Serialization.unmarshal(
        """
        apiVersion: naru.dev/v1alpha1
        kind: Backfill
        metadata: {name: history, namespace: rental, uid: b-u-1, generation: 1, creationTimestamp: "2026-11-20T00:00:00Z"}
        spec:
          dataMartRef: {name: store}
        """
            + spec.indent(2),
        Backfill.class);
  }

  /** The small mart, and a table by months and one by hours beside it. */
  static DataMart mart() {
    return Marts.mart(
        Marts.SMALL
            + """
              - name: month
                sql: {inline: "SELECT DATE_TRUNC(day, MONTH) AS month, SUM(rides) AS rides FROM store.day WHERE day >= @interval_start GROUP BY month"}
                materialization: {type: Partitions, partitions: {partitionBy: {column: month, granularity: Month}}}
              - name: hour
                sql: {inline: "SELECT at, COUNT(*) AS n FROM raw.reservations WHERE at >= @interval_start AND at < @interval_end GROUP BY at"}
                materialization: {type: Partitions, partitions: {partitionBy: {column: at, granularity: Hour}}}
              - name: look
                sql: {inline: "SELECT * FROM store.day"}
                materialization: {type: View}
              - name: afterlook
                sql: {inline: "SELECT day, COUNT(*) AS n FROM store.look WHERE day >= @interval_start GROUP BY day"}
                materialization: {type: Partitions, partitions: {partitionBy: {column: day, granularity: Day}}}
              - name: afterweek
                sql: {inline: "SELECT CURRENT_DATE() AS day, COUNT(*) AS n FROM store.week"}
                materialization: {type: Partitions, partitions: {partitionBy: {column: day, granularity: Day}}}
            """);
  }
}
