package dev.naru.operator;

import dev.naru.crds.v1alpha1.WorkloadTemplateSpec;
import dev.naru.operator.ingestion.BigQueryLedger;
import dev.naru.operator.kube.Clients;
import dev.naru.operator.mart.BigQueryMarts;
import dev.naru.operator.metrics.ApiRequests;
import dev.naru.operator.metrics.BigQueryRequests;
import dev.naru.operator.metrics.Meters;
import dev.naru.operator.model.HttpPodMetrics;
import dev.naru.operator.runtime.ApiAccess;
import dev.naru.operator.runtime.Config;
import dev.naru.operator.runtime.OperatorProcess;
import dev.naru.operator.template.ClusterDefault;
import dev.naru.operator.warehouse.BigQueryCheck;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.javaoperatorsdk.operator.OperatorException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The control plane's process: wires everything by hand and runs until it is told to stop. */
public final class Operator {

  private static final Logger log = LoggerFactory.getLogger(Operator.class);

  private Operator() {}

  /** Reads the environment and runs; {@code check} looks at an installed operator instead. */
  public static void main(String[] arguments) {
    // one event per line, also for what nobody expected
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, e) ->
            log.atError().addKeyValue("thread", thread.getName()).setCause(e).log("uncaught"));
    if (arguments.length > 0) {
      System.exit(command(List.of(arguments)));
    }
    var environment = System.getenv();
    Config config;
    Optional<WorkloadTemplateSpec> clusterDefault;
    try {
      config = Config.from(environment);
      clusterDefault = ClusterDefault.read(config.workloadTemplate());
    } catch (IllegalArgumentException e) {
      log.atError().log("configuration: {}", e.getMessage());
      System.exit(2);
      return;
    }
    Config.unknownKeys(environment.keySet())
        .forEach(
            key ->
                log.atWarn().log("configuration: {} is not a key of the operator; ignored", key));
    start(config, clusterDefault);
  }

  private static int command(List<String> arguments) {
    if (!arguments.getFirst().equals("check")) {
      log.atError()
          .log("there is no command \"{}\": it is check, or nothing to run", arguments.getFirst());
      return 2;
    }
    try (var client = Clients.of(io.fabric8.kubernetes.client.Config.autoConfigure(null))) {
      return InstallationCheck.run(client, arguments.subList(1, arguments.size()));
    }
  }

  private static void start(Config config, Optional<WorkloadTemplateSpec> clusterDefault) {
    var clock = Clock.systemUTC();
    var meters = new Meters(version(), commit());
    var api =
        ApiAccess.of(
            () -> io.fabric8.kubernetes.client.Config.autoConfigure(null),
            new JdkHttpClientFactory(),
            new ApiRequests(meters),
            clock);
    var reconcilers = Reconcilers.of(config, clusterDefault, api.client(), meters, clock);
    var requests = new BigQueryRequests(meters);
    var marts = new BigQueryMarts(requests);
    var process =
        new OperatorProcess(
            config,
            api,
            meters,
            List.of(
                reconcilers.warehouses(new BigQueryCheck(requests, clock)),
                reconcilers.connections(),
                reconcilers.templates(),
                reconcilers.dataMarts(marts, reconcilers.sql()),
                reconcilers.backfills(marts),
                reconcilers.modelServices(api.client(), new HttpPodMetrics()),
                reconcilers.ingestionJobs(new BigQueryLedger(requests, clock))),
            reconcilers.caches(),
            () -> Runtime.getRuntime().halt(1),
            clock);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(process), "stop"));
    try {
      process.start();
    } catch (OperatorException e) {
      log.atError().setCause(e).log("not started: the process ends, to be started again");
      Runtime.getRuntime().halt(1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    log.atInfo()
        .addKeyValue("namespaces", config.watch())
        .addKeyValue("http", process.httpPort())
        .log("started");
  }

  /** A stop that was asked for is no failure, whichever signal asked. */
  private static void stop(OperatorProcess process) {
    process.close();
    log.atInfo().log("stopped");
    Runtime.getRuntime().halt(0);
  }

  /** The jar's; classes that were not packed have none. */
  private static String version() {
    return Optional.ofNullable(Operator.class.getPackage().getImplementationVersion())
        .orElse("unknown");
  }

  /** The image's: in the jar it would make another jar, and another AOT cache, of each commit. */
  private static String commit() {
    return Optional.ofNullable(System.getenv("NARU_REVISION")).orElse("unknown");
  }
}
