package dev.naru.operator.runtime;

import dev.naru.crds.v1alpha1.Labels;
import dev.naru.operator.kube.Wakes;
import dev.naru.operator.metrics.Meters;
import dev.naru.operator.metrics.ReconcileMetrics;
import dev.naru.operator.rights.Right;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.api.monitoring.AggregatedMetrics;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.processing.Controller;
import io.javaoperatorsdk.operator.processing.event.rate.LinearRateLimiter;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs reconcilers: leader election, health, metrics, graceful stop. */
public final class OperatorProcess implements AutoCloseable {

  public static final List<Right> RIGHTS = Leadership.RIGHTS;

  private static final Logger log = LoggerFactory.getLogger(OperatorProcess.class);

  /** A reconcile under way may take this long; well below the pod's grace period. */
  private static final Duration STOP_WITHIN = Duration.ofSeconds(15);

  private static final Duration CUT_OFF = Duration.ofSeconds(1);

  private static final int FIRST_RETRY_MS = 1_000;
  private static final int LONGEST_RETRY_MS = 300_000;

  private final Operator operator;
  private final Optional<Leadership> leadership;
  private final HttpEndpoint http;
  private final Canary canary;
  private final Gate gate;
  private final KubernetesClient client;

  /**
   * Starts everything; returns when all caches are filled.
   *
   * @param onLost ends the process at once when the lease or an informer is lost
   */
  public OperatorProcess(
      Config config,
      KubernetesClient client,
      Meters meters,
      List<Reconciler<? extends HasMetadata>> reconcilers,
      Runnable onLost,
      Clock clock) {
    this.client = client;
    this.canary = new Canary(clock);
    var timer = new ReconcileMetrics(meters, clock);
    this.gate = new Gate(timer);
    this.leadership =
        config.leaderElection()
            ? Optional.of(new Leadership(client, config, onLost, clock))
            : Optional.empty();
    this.operator =
        new Operator(
            overrider -> {
              overrider
                  .withKubernetesClient(client)
                  .withCloseClientOnStop(false)
                  .withConcurrentReconciliationThreads(config.reconcileThreads())
                  .withReconciliationTerminationTimeout(CUT_OFF)
                  .withPreviousAnnotationForDependentResources(false)
                  .withInformerStoppedHandler((_, cause) -> informerLost(cause, onLost))
                  // the first of them runs the reconcile
                  .withMetrics(new AggregatedMetrics(List.of(gate, timer, canary)));
              leadership.ifPresent(
                  it -> overrider.withLeaderElectionConfiguration(it.configuration()));
            });
    reconcilers.forEach(reconciler -> register(reconciler, config));
    Caches.of(operator).show(meters, this::leading, config.metricsPerResource(), clock);
    this.http = new HttpEndpoint(config.httpPort(), this::problem, this::notReady, meters::scrape);
    operator.start();
  }

  /** Port of the health and metrics endpoint. */
  public int httpPort() {
    return http.port();
  }

  private <P extends HasMetadata> void register(Reconciler<P> reconciler, Config config) {
    operator.register(
        reconciler, (ControllerConfigurationOverrider<P> it) -> configure(it, config));
  }

  private static <P extends HasMetadata> void configure(
      ControllerConfigurationOverrider<P> controller, Config config) {
    controller
        .withFieldManager(Labels.NARU)
        .withGenerationAware(false)
        .withOnUpdateFilter(Wakes::onUpdate)
        .withRateLimiter(new LinearRateLimiter(Duration.ofSeconds(1), 5))
        .withReconciliationMaxInterval(Duration.ofHours(10))
        .withRetry(
            new GenericRetry()
                .setInitialInterval(FIRST_RETRY_MS)
                .setIntervalMultiplier(2)
                .setMaxInterval(LONGEST_RETRY_MS)
                .withoutMaxAttempts());
    if (!config.watchNamespaces().isEmpty()) {
      controller.settingNamespaces(config.watchNamespaces());
    }
  }

  private static void informerLost(Throwable cause, Runnable onLost) {
    if (cause != null) {
      log.atError()
          .setCause(cause)
          .log("an informer ended: the process ends, to start again with full caches");
      onLost.run();
    }
  }

  private Optional<String> problem() {
    if (!operator.getRuntimeInfo().isStarted()) {
      // starting is the business of the startup probe
      return Optional.empty();
    }
    var election = leadership.flatMap(Leadership::problem);
    return election.isPresent() ? election : overdue();
  }

  private boolean leading() {
    return leadership.map(Leadership::leading).orElse(true);
  }

  private Optional<String> overdue() {
    if (!leading()) {
      // a standby reconciles nothing
      return Optional.empty();
    }
    return operator.getRegisteredControllers().stream()
        .map(it -> (Controller<?>) it)
        .flatMap(it -> canary.sing(it).stream())
        .findFirst()
        .map(kind -> "controller " + kind + " does not reconcile");
  }

  private Optional<String> notReady() {
    var info = operator.getRuntimeInfo();
    if (!info.isStarted()) {
      return Optional.of("starting");
    }
    return info.allEventSourcesAreHealthy()
        ? Optional.empty()
        : Optional.of("watches are broken: " + info.unhealthyEventSources().keySet());
  }

  /** Stops: reconciles under way may end, then the lease is given back. */
  @Override
  public void close() {
    leadership.ifPresent(Leadership::stopping);
    if (!gate.close(STOP_WITHIN)) {
      log.atWarn().log("a reconcile takes longer than {} and is cut off", STOP_WITHIN);
    }
    operator.stop();
    leadership.ifPresent(Leadership::release);
    http.close();
    client.close();
  }
}
