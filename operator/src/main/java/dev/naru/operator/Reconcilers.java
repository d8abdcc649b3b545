package dev.naru.operator;

import dev.naru.crds.v1alpha1.WorkloadTemplateSpec;
import dev.naru.operator.backfill.BackfillMetrics;
import dev.naru.operator.backfill.BackfillReconciler;
import dev.naru.operator.connection.ConnectionReconciler;
import dev.naru.operator.ingestion.IngestionReconciler;
import dev.naru.operator.ingestion.RunLedger;
import dev.naru.operator.ingestion.RunMetrics;
import dev.naru.operator.kube.ApiPodEvents;
import dev.naru.operator.kube.Applier;
import dev.naru.operator.kube.SharedCaches;
import dev.naru.operator.mart.DataMartReconciler;
import dev.naru.operator.mart.Intervals;
import dev.naru.operator.mart.MartBoard;
import dev.naru.operator.mart.MartMetrics;
import dev.naru.operator.mart.Warehouses;
import dev.naru.operator.metrics.CountedSqlAnalyzer;
import dev.naru.operator.metrics.Meters;
import dev.naru.operator.model.ModelServiceReconciler;
import dev.naru.operator.model.PodMetrics;
import dev.naru.operator.model.RolloutMetrics;
import dev.naru.operator.pod.PodEvents;
import dev.naru.operator.pod.WorkerImage;
import dev.naru.operator.runtime.Config;
import dev.naru.operator.status.Notices;
import dev.naru.operator.template.TemplateReconciler;
import dev.naru.operator.warehouse.WarehouseCheck;
import dev.naru.operator.warehouse.WarehouseReconciler;
import dev.naru.sql.CachedSqlAnalyzer;
import dev.naru.sql.RemoteSqlAnalyzer;
import dev.naru.sql.SqlAnalyzer;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.util.Optional;

/**
 * Makes the reconcilers: the one place that knows what they share. What differs between a cluster
 * and a test, BigQuery above all, is given to each.
 */
public record Reconcilers(
    Applier applier,
    Notices notices,
    PodEvents podEvents,
    WorkerImage image,
    Optional<WorkloadTemplateSpec> clusterDefault,
    SqlAnalyzer sql,
    MartBoard board,
    SharedCaches caches,
    Meters meters,
    Clock clock) {

  /**
   * Those of one process.
   *
   * @param clusterDefault the template that counts in the whole cluster
   */
  public static Reconcilers of(
      Config config,
      Optional<WorkloadTemplateSpec> clusterDefault,
      KubernetesClient client,
      Meters meters,
      Clock clock) {
    return new Reconcilers(
        new Applier(client, meters),
        new Notices(client, meters, clock),
        new ApiPodEvents(client),
        config.worker(),
        clusterDefault,
        sql(config, meters, clock),
        new MartBoard(),
        new SharedCaches(),
        meters,
        clock);
  }

  /** Asked by every reconcile, so it remembers. Its connection lasts as long as the process. */
  private static SqlAnalyzer sql(Config config, Meters meters, Clock clock) {
    var analyzer =
        config
            .sqlSocket()
            .<SqlAnalyzer>map(it -> new RemoteSqlAnalyzer(it, RemoteSqlAnalyzer.DEADLINE))
            .orElse(SqlAnalyzer.NONE);
    return new CachedSqlAnalyzer(new CountedSqlAnalyzer(analyzer, meters), clock);
  }

  public WarehouseReconciler warehouses(WarehouseCheck check) {
    return new WarehouseReconciler(check, notices, clock);
  }

  public ConnectionReconciler connections() {
    return new ConnectionReconciler(applier, notices, podEvents, image, clusterDefault, clock);
  }

  public TemplateReconciler templates() {
    return new TemplateReconciler(clusterDefault, notices, clock);
  }

  public IngestionReconciler ingestionJobs(RunLedger ledger) {
    return new IngestionReconciler(
        applier, notices, podEvents, ledger, new RunMetrics(meters), image, clusterDefault, clock);
  }

  public ModelServiceReconciler modelServices(KubernetesClient client, PodMetrics metrics) {
    return new ModelServiceReconciler(
        client,
        applier,
        notices,
        podEvents,
        metrics,
        new RolloutMetrics(meters),
        image,
        clusterDefault,
        clock);
  }

  public DataMartReconciler dataMarts(Warehouses warehouses, SqlAnalyzer analyzer) {
    return new DataMartReconciler(
        warehouses, analyzer, board, caches, notices, new MartMetrics(meters), clock);
  }

  /** Beside {@link #dataMarts}, whose marts they build. */
  public BackfillReconciler backfills(Warehouses warehouses) {
    return new BackfillReconciler(
        board,
        new Intervals(warehouses, board.locks(), clock),
        notices,
        new BackfillMetrics(meters),
        clock);
  }
}
