package dev.naru.operator.it;

import dev.naru.crds.Lenient;
import dev.naru.crds.v1alpha1.Connection;
import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.IngestionJob;
import dev.naru.crds.v1alpha1.ModelService;
import dev.naru.crds.v1alpha1.Warehouse;
import dev.naru.crds.v1alpha1.WorkloadTemplate;
import dev.naru.runfile.RunFile;
import dev.naru.runfile.RunResult;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.Optional;

/** Resources and results the tests start from. */
public final class Samples {

  static final String FINGERPRINT = "spec.source.table=11111111";

  private Samples() {}

  public static Warehouse warehouse() {
    return read(
        Warehouse.class,
        """
        apiVersion: naru.dev/v1alpha1
        kind: Warehouse
        metadata: {name: main}
        spec:
          bigQuery:
            project: naru-local
            location: US
            stagingBucket: gs://naru-staging
            localEndpoints: {bigQuery: "http://bigquery:9050", storage: "http://storage:4443"}
        """);
  }

  public static Connection connection() {
    return read(
        Connection.class,
        """
        apiVersion: naru.dev/v1alpha1
        kind: Connection
        metadata: {name: rental-db}
        spec:
          type: PostgreSQL
          postgresql:
            host: rental-db.local-services
            database: rental
            authSecretRef: {name: rental-db}
            tls: {mode: VerifyFull, caRef: {configMapKeyRef: {name: rental-ca, key: ca.crt}}}
        """);
  }

  public static IngestionJob ingestionJob() {
    return read(
        IngestionJob.class,
        """
        apiVersion: naru.dev/v1alpha1
        kind: IngestionJob
        metadata: {name: reservations}
        spec:
          source:
            connectionRef: {name: rental-db}
            type: Table
            table: {schema: rental, name: reservations}
          destination:
            warehouseRef: {name: main}
            dataset: raw_rental
            table: reservations
            partitionBy: {column: created_at, granularity: Day}
            clusterBy: [car_id]
          primaryKey: [id]
          load: {mode: Incremental, incremental: {cursor: {column: updated_at, lookback: 15m}}}
          schedule: {cron: "0 4 1 1 *", timeZone: Asia/Seoul}
          degradeOn: [Run]
          pod:
            serviceAccountName: ingest
            resources: {requests: {cpu: 1000m, memory: 1024Mi}, limits: {memory: 1Gi}}
            nodeSelector: {pool: batch}
            tolerations: [{key: batch, operator: Exists, effect: NoSchedule}]
        """);
  }

  public static DataMart dataMart() {
    return read(
        DataMart.class,
        """
        apiVersion: naru.dev/v1alpha1
        kind: DataMart
        metadata: {name: store}
        spec:
          warehouseRef: {name: main}
          dataset: {name: store}
          schedule: {cron: "30 5 1 1 *", timeZone: Asia/Seoul}
          degradeOn: [Run]
          tables:
          - name: week
            sql: {inline: "SELECT car_id, SUM(rides) AS rides FROM store.day GROUP BY car_id"}
          - name: day
            sql: {inline: "SELECT car_id, DATE(created_at) AS day, COUNT(*) AS rides FROM raw_rental.reservations WHERE DATE(created_at) >= @interval_start GROUP BY car_id, day"}
            materialization: {type: Partitions, partitions: {partitionBy: {column: day, granularity: Day}}}
            checks: [{name: key, type: Unique, columns: [car_id, day]}]
        """);
  }

  /** The same, with {@code deletionPolicy: Delete}. */
  static DataMart dataMartThatTakesItsTablesAlong() {
    return read(
        DataMart.class,
        Serialization.asYaml(dataMart())
            .replace("  dataset:", "  deletionPolicy: Delete\n  dataset:"));
  }

  public static ModelService modelService() {
    return read(
        ModelService.class,
        """
        apiVersion: naru.dev/v1alpha1
        kind: ModelService
        metadata: {name: price}
        spec:
          image: registry.example.com/models/price:good
          env: [{name: MART, value: soda_store}, {name: NOTHING, value: ""}]
          ports: [{name: http, containerPort: 8080, protocol: HTTP}]
          probes: {startup: {timeout: 2m}, readiness: {path: /ready}, liveness: {path: /live}}
          autoscaling: {minReplicas: 2, maxReplicas: 5, scaleDownStabilization: 30s}
          allowFrom: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: reservation}}}]
          pod: {resources: {requests: {cpu: 250m, memory: 262144Ki}, limits: {memory: 256Mi}}}
        """);
  }

  /** A service of both protocols whose revisions are rolled out by steps. */
  public static ModelService steppedService() {
    return read(
        ModelService.class,
        """
        apiVersion: naru.dev/v1alpha1
        kind: ModelService
        metadata: {name: stepped}
        spec:
          image: any:old
          ports: [{name: http, containerPort: 8080, protocol: HTTP}, {name: grpc, containerPort: 9000, protocol: GRPC}]
          replicas: 1
          metrics: {port: http}
          rollout:
            gatewayRef: {name: public}
            steps: [20, 100]
            analysis: {maxErrorPercent: 2, maxP99: 200ms}
          pod: {resources: {requests: {cpu: 250m, memory: 256Mi}, limits: {memory: 256Mi}}}
        """);
  }

  /** The default of its namespace, with a policy. */
  public static WorkloadTemplate standard() {
    return read(
        WorkloadTemplate.class,
        """
        apiVersion: naru.dev/v1alpha1
        kind: WorkloadTemplate
        metadata: {name: standard}
        spec:
          default: true
          pod:
            labels: {team: rental, cost-center: mobility}
            tolerations: [{key: spot, operator: Exists, effect: NoSchedule}]
          job: {retries: 2, historyLimit: 5}
          policy:
            resources: {max: {cpu: "2", memory: 4Gi}}
            requiredLabels: [team, cost-center]
        """);
  }

  /** One to be named. */
  public static WorkloadTemplate nightly() {
    return read(
        WorkloadTemplate.class,
        """
        apiVersion: naru.dev/v1alpha1
        kind: WorkloadTemplate
        metadata: {name: nightly}
        spec:
          pod:
            labels: {team: night}
            resources: {requests: {cpu: 100m, memory: 2Gi}, limits: {memory: 2Gi}}
            nodeSelector: {pool: night}
          job: {timeout: 2h, retries: 1}
        """);
  }

  public static RunResult published(long rows) {
    return result(RunResult.Outcome.PUBLISHED, "Published", rows + " rows published", rows);
  }

  public static RunResult failed() {
    return result(
        RunResult.Outcome.ACTION_NEEDED,
        "TableNotFound",
        "spec.source.table: rental.reservation does not exist; did you mean reservations?",
        0);
  }

  private static RunResult result(
      RunResult.Outcome outcome, String reason, String message, long rows) {
    return new RunResult(
        RunResult.API_VERSION,
        "any",
        "0123456789abcdef0123456789abcdef",
        FINGERPRINT,
        outcome,
        reason,
        message,
        Optional.of(RunFile.Mode.FULL),
        Optional.empty(),
        rows,
        rows * 10,
        outcome == RunResult.Outcome.PUBLISHED
            ? Optional.of(Instant.parse("2026-01-02T03:04:05Z"))
            : Optional.empty(),
        Instant.parse("2026-01-02T03:04:00Z"),
        Instant.parse("2026-01-02T03:05:00Z"));
  }

  public static <T> T read(Class<T> type, String yaml) {
    return Lenient.serialization().unmarshal(yaml, type);
  }
}
