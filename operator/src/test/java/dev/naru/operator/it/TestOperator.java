package dev.naru.operator.it;

import dev.naru.operator.connection.ConnectionReconciler;
import dev.naru.operator.ingestion.IngestionReconciler;
import dev.naru.operator.ingestion.RunLedger;
import dev.naru.operator.kube.ApiPodEvents;
import dev.naru.operator.kube.Applier;
import dev.naru.operator.kube.Clients;
import dev.naru.operator.pod.WorkerImage;
import dev.naru.operator.runtime.Config;
import dev.naru.operator.runtime.OperatorProcess;
import dev.naru.operator.status.Notices;
import dev.naru.operator.warehouse.WarehouseCheck;
import dev.naru.operator.warehouse.WarehouseReconciler;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The operator as it ships, in one namespace, with its shipped rights and watched requests. */
final class TestOperator implements AutoCloseable {

  /** Which reconcilers run. */
  enum Part {
    WAREHOUSE,
    CONNECTION,
    INGESTION
  }

  final OperatorProcess process;
  private final PrometheusMeterRegistry metrics;

  TestOperator(
      String namespace,
      Tap tap,
      Clock clock,
      WarehouseCheck check,
      RunLedger ledger,
      Set<Part> parts) {
    var config =
        Config.from(
            Map.of(
                "NARU_WORKER_IMAGE", "naru-worker:dev",
                "NARU_WATCH_NAMESPACES", namespace,
                "NARU_LEADER_ELECTION", "false",
                "NARU_HTTP_PORT", "0"));
    var client = Clients.of(ControlPlane.get().operatorConfig(), tap);
    metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    var applier = new Applier(client, metrics);
    var notices = new Notices(client, clock);
    var events = new ApiPodEvents(client);
    var image = new WorkerImage(config.workerImage(), config.workerImagePullPolicy().name());
    var reconcilers = new ArrayList<Reconciler<? extends HasMetadata>>();
    if (parts.contains(Part.WAREHOUSE)) {
      reconcilers.add(new WarehouseReconciler(check, notices, clock));
    }
    if (parts.contains(Part.CONNECTION)) {
      reconcilers.add(new ConnectionReconciler(applier, notices, events, image, clock));
    }
    if (parts.contains(Part.INGESTION)) {
      reconcilers.add(new IngestionReconciler(applier, notices, events, ledger, image, clock));
    }
    process =
        new OperatorProcess(config, client, metrics, List.copyOf(reconcilers), () -> {}, clock);
  }

  static TestOperator ingestion(String namespace, Tap tap, Clock clock, RunLedger ledger) {
    return new TestOperator(
        namespace,
        tap,
        clock,
        _ -> new WarehouseCheck.Answer.Usable(),
        ledger,
        Set.of(Part.INGESTION));
  }

  /** How many reconciles of a controller have ended. */
  double reconciles(String controller) {
    return metrics.find("operator.sdk.controllers.execution.reconcile").timers().stream()
        .filter(it -> controller.equals(it.getId().getTag("controller")))
        .mapToDouble(it -> it.count())
        .sum();
  }

  String scrape() {
    return metrics.scrape();
  }

  @Override
  public void close() {
    process.close();
  }
}
