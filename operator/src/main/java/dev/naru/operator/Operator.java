package dev.naru.operator;

import dev.naru.operator.connection.ConnectionReconciler;
import dev.naru.operator.ingestion.BigQueryLedger;
import dev.naru.operator.ingestion.IngestionReconciler;
import dev.naru.operator.kube.ApiPodEvents;
import dev.naru.operator.kube.Applier;
import dev.naru.operator.kube.Clients;
import dev.naru.operator.pod.WorkerImage;
import dev.naru.operator.runtime.Config;
import dev.naru.operator.runtime.OperatorProcess;
import dev.naru.operator.status.Notices;
import dev.naru.operator.warehouse.BigQueryCheck;
import dev.naru.operator.warehouse.WarehouseReconciler;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Clock;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The control plane's process: wires everything by hand and runs until it is told to stop. */
public final class Operator {

  private static final Logger log = LoggerFactory.getLogger(Operator.class);

  private Operator() {}

  /** Reads the environment and runs. */
  public static void main(String[] arguments) {
    var environment = System.getenv();
    Config config;
    try {
      config = Config.from(environment);
    } catch (IllegalArgumentException e) {
      log.error("configuration: {}", e.getMessage());
      System.exit(2);
      return;
    }
    Config.unknownKeys(environment.keySet())
        .forEach(key -> log.warn("configuration: {} is not a key of the operator; ignored", key));
    start(config);
  }

  private static void start(Config config) {
    var clock = Clock.systemUTC();
    var client = Clients.of(io.fabric8.kubernetes.client.Config.autoConfigure(null));
    var metrics = metrics();
    var applier = new Applier(client, metrics);
    var notices = new Notices(client, clock);
    var podEvents = new ApiPodEvents(client);
    var image = new WorkerImage(config.workerImage(), config.workerImagePullPolicy().name());
    var process =
        new OperatorProcess(
            config,
            client,
            metrics,
            List.of(
                new WarehouseReconciler(new BigQueryCheck(clock), notices, clock),
                new ConnectionReconciler(applier, notices, podEvents, image, clock),
                new IngestionReconciler(
                    applier, notices, podEvents, new BigQueryLedger(clock), image, clock)),
            () -> Runtime.getRuntime().halt(1),
            clock);
    Runtime.getRuntime().addShutdownHook(new Thread(process::close, "stop"));
    log.info("started namespaces={} http={}", config.watchNamespaces(), process.httpPort());
  }

  private static PrometheusMeterRegistry metrics() {
    var metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    new JvmMemoryMetrics().bindTo(metrics);
    new ProcessorMetrics().bindTo(metrics);
    // listens to the collector for as long as the process lives
    @SuppressWarnings("resource")
    var collector = new JvmGcMetrics();
    collector.bindTo(metrics);
    return metrics;
  }
}
