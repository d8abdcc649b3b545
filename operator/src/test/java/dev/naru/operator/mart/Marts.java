package dev.naru.operator.mart;

import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.DataMartStatus;
import dev.naru.crds.v1alpha1.IngestionJob;
import dev.naru.crds.v1alpha1.MartTableStatus;
import dev.naru.crds.v1alpha1.ModelService;
import dev.naru.crds.v1alpha1.TableState;
import dev.naru.crds.v1alpha1.Warehouse;
import dev.naru.operator.mart.MartResolution.Resolved;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** DataMarts for tests, and what lies around them. */
public final class Marts {

  /** A service that reads the mart. */
  static final String PRICE =
      """
      apiVersion: naru.dev/v1alpha1
      kind: ModelService
      metadata: {name: price, namespace: rental}
      spec: {image: x, inputs: [{dataMartRef: {name: store}, maxStaleness: 26h}]}
      """;

  static final String WAREHOUSE =
      """
      apiVersion: naru.dev/v1alpha1
      kind: Warehouse
      metadata: {name: main, namespace: rental}
      spec:
        bigQuery:
          project: naru-local
          location: US
          stagingBucket: gs://naru-staging
          localEndpoints: {bigQuery: "http://bigquery", storage: "http://storage"}
      """;

  public static final String SMALL =
      """
      apiVersion: naru.dev/v1alpha1
      kind: DataMart
      metadata: {name: store, namespace: rental, uid: u-1, generation: 1, creationTimestamp: "2026-11-20T00:00:00Z"}
      spec:
        warehouseRef: {name: main}
        dataset: {name: store}
        schedule: {cron: "30 5 * * *", timeZone: Asia/Seoul}
        tables:
        - name: week
          sql: {inline: "SELECT car_id, SUM(rides) AS rides FROM store.day GROUP BY car_id"}
        - name: day
          sql: {inline: "SELECT car_id, day, COUNT(*) AS rides FROM raw.reservations WHERE day >= @interval_start AND day < @interval_end GROUP BY car_id, day"}
          materialization: {type: Partitions, partitions: {partitionBy: {column: day, granularity: Day}, rebuildPartitions: 3, since: "2026-01-01"}}
          checks:
          - {name: key, type: Unique, columns: [car_id, day]}
          - {name: many, type: Rows, severity: Warn, rows: {min: 10}}
      """;

  static final String RESERVATIONS =
      """
      apiVersion: naru.dev/v1alpha1
      kind: IngestionJob
      metadata: {name: reservations, namespace: rental}
      spec:
        source: {connectionRef: {name: db}, type: Table, table: {schema: rental, name: reservations}}
        destination: {warehouseRef: {name: main}, dataset: raw, table: reservations}
        load: {mode: Full}
      status: {dataThrough: "2026-11-24T19:00:00Z"}
      """;

  private Marts() {}

  public static DataMart mart(String yaml) {
    return Serialization.unmarshal(yaml, DataMart.class);
  }

  public static DataMart small() {
    return mart(SMALL);
  }

  static MartSurroundings around(DataMart... others) {
    return around(Map.of(), others);
  }

  static MartSurroundings around(Map<String, ConfigMap> configMaps, DataMart... others) {
    return around(configMaps, List.of(), others);
  }

  static MartSurroundings around(
      Map<String, ConfigMap> configMaps, List<ModelService> services, DataMart... others) {
    var warehouse = Serialization.unmarshal(WAREHOUSE, Warehouse.class);
    return new MartSurroundings(
        name -> Optional.of(warehouse).filter(_ -> name.equals("main")),
        name -> Optional.ofNullable(configMaps.get(name)),
        List.of(Serialization.unmarshal(RESERVATIONS, IngestionJob.class)),
        List.of(others),
        services,
        new NameCache());
  }

  static ResolvedMart resolved(DataMart mart) {
    if (MartResolver.resolve(mart, around(mart)) instanceof Resolved(var resolved)) {
      return resolved;
    }
    throw new AssertionError("not resolved: " + MartResolver.resolve(mart, around(mart)));
  }

  /** As a Backfill sees it. */
  public static MartHistory history(DataMart mart) {
    return new MartHistory(mart, resolved(mart));
  }

  /** What status tells of a table that was published up to a moment. */
  static MartTableStatus row(String table, Instant through, String builtFrom) {
    return new MartTableStatus(
        table, TableState.PUBLISHED, 5L, null, 0L, through, through, builtFrom, null);
  }

  /** The same mart with tables published up to a moment. */
  public static DataMart published(DataMart mart, Instant through) {
    var tables = new ArrayList<MartTableStatus>();
    mart.getSpec().tables().forEach(it -> tables.add(row(it.name(), through, null)));
    mart.setStatus(
        new DataMartStatus(
            1L, null, through, null, null, null, through, null, null, tables, null, null, null,
            null, null));
    return mart;
  }
}
