package dev.naru.operator.runtime;

import dev.naru.crds.v1alpha1.Labels;
import dev.naru.operator.kube.SharedCaches;
import dev.naru.operator.kube.Wakes;
import dev.naru.operator.metrics.Meters;
import dev.naru.operator.metrics.ReconcileMetrics;
import dev.naru.operator.rights.Right;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.OperatorException;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.api.monitoring.AggregatedMetrics;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.processing.Controller;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs reconcilers: leader election, health, metrics, graceful stop. */
public final class OperatorProcess implements AutoCloseable {

  public static final List<Right> RIGHTS =
      Stream.of(Leadership.RIGHTS, LabelledNamespaces.RIGHTS).flatMap(List::stream).toList();

  private static final Logger log = LoggerFactory.getLogger(OperatorProcess.class);

  /** A reconcile under way may take this long; well below the pod's grace period. */
  private static final Duration STOP_WITHIN = Duration.ofSeconds(15);

  /** The API server may be slow, or refuse for a while, when it has just started. */
  private static final Duration FILL_WITHIN = Duration.ofMinutes(2);

  private static final Duration CUT_OFF = Duration.ofSeconds(1);
  private static final Duration LISTEN = Duration.ofSeconds(1);

  /** Of one resource. */
  private static final int RATE = 5;

  private static final Duration RATE_PERIOD = Duration.ofSeconds(1);

  private static final int FIRST_RETRY_MS = 1_000;
  private static final int LONGEST_RETRY_MS = 300_000;

  private final Operator operator;
  private final Optional<Leadership> leadership;
  private final HttpEndpoint http;
  private final Health health;
  private final Gate gate;
  private final ApiAccess api;
  private final Definitions definitions;
  private final Coverage coverage;
  private final Runnable showCaches;
  private final List<Reconciler<? extends HasMetadata>> reconcilers;
  private volatile Optional<Thread> listener = Optional.empty();
  private volatile boolean started;
  private volatile boolean closed;

  /**
   * Wires everything; health and metrics are served from here on, as "starting".
   *
   * @param caches where reconcilers see what others have in theirs
   * @param onLost ends the process at once when another replica leads or an informer is lost
   */
  public OperatorProcess(
      Config config,
      ApiAccess api,
      Meters meters,
      List<Reconciler<? extends HasMetadata>> reconcilers,
      SharedCaches caches,
      Runnable onLost,
      Clock clock) {
    this.api = api;
    this.reconcilers = List.copyOf(reconcilers);
    var canary = new Canary(api.stopwatch());
    var timer = new ReconcileMetrics(meters, clock);
    this.definitions = Definitions.of(reconcilers, api.client(), api.stopwatch());
    this.coverage = Coverage.of(config.watch(), api.client(), cause -> informerLost(cause, onLost));
    this.gate = new Gate(new NamespaceFilter(coverage::contains, timer), api.fence());
    this.leadership =
        config.leaderElection()
            ? Optional.of(
                new Leadership(
                    LeaseStore.of(api.leases(), config.namespace(), Leadership.NAME),
                    config,
                    api.fence(),
                    api.stopwatch(),
                    this::wakeAll,
                    onLost))
            : Optional.empty();
    this.operator =
        new Operator(
            overrider ->
                overrider
                    .withKubernetesClient(api.client())
                    .withCloseClientOnStop(false)
                    .withConcurrentReconciliationThreads(config.reconcileThreads())
                    .withReconciliationTerminationTimeout(CUT_OFF)
                    .withPreviousAnnotationForDependentResources(false)
                    // an answer such as "too many requests" must not end the start
                    .withStopOnInformerErrorDuringStartup(false)
                    .withCacheSyncTimeout(FILL_WITHIN)
                    .withInformerStoppedHandler((_, cause) -> informerLost(cause, onLost))
                    // the first of them runs the reconcile
                    .withMetrics(new AggregatedMetrics(List.of(gate, timer, canary, caches))));
    this.health = new Health(operator, leadership, canary, api.watches(), coverage);
    this.showCaches =
        () ->
            new Caches(controllers().toList(), coverage)
                .show(meters, this::leading, config.metricsPerResource(), clock);
    this.http = new HttpEndpoint(config.httpPort(), this::problem, this::notReady, meters::scrape);
  }

  /**
   * Waits for the API server, for Naru's definitions and for a namespace to watch, fills all
   * caches, then takes part in the election.
   *
   * @throws OperatorException when a kind cannot be read
   */
  public OperatorProcess start() throws InterruptedException {
    api.await();
    definitions.await();
    var namespaces = coverage.begin();
    reconcilers.forEach(reconciler -> register(reconciler, namespaces));
    showCaches.run();
    operator.start();
    // JOSDK goes on with caches that are not full: what is not in them would look deleted
    var empty = health.emptyCaches();
    if (!empty.isEmpty()) {
      throw new OperatorException(
          "no full cache after %d s of: %s".formatted(FILL_WITHIN.toSeconds(), empty));
    }
    coverage.follow(controllers().toList(), health);
    listener = Optional.of(Thread.ofVirtual().name("watches").start(this::listen));
    started = true;
    leadership.ifPresentOrElse(Leadership::start, this::begin);
    return this;
  }

  /** Without an election this process alone reconciles. */
  private void begin() {
    api.fence().remove();
    wakeAll();
  }

  /** Port of the health and metrics endpoint. */
  public int httpPort() {
    return http.port();
  }

  private <P extends HasMetadata> void register(Reconciler<P> reconciler, Set<String> namespaces) {
    operator.register(
        reconciler, (ControllerConfigurationOverrider<P> it) -> configure(it, namespaces));
  }

  private <P extends HasMetadata> void configure(
      ControllerConfigurationOverrider<P> controller, Set<String> namespaces) {
    controller
        .withFieldManager(Labels.NARU)
        .withGenerationAware(false)
        .withOnUpdateFilter(Wakes::onUpdate)
        .withRateLimiter(new SteadyRateLimiter(RATE_PERIOD, RATE, api.stopwatch()))
        .withReconciliationMaxInterval(Duration.ofHours(10))
        .withRetry(
            new GenericRetry()
                .setInitialInterval(FIRST_RETRY_MS)
                .setIntervalMultiplier(2)
                .setMaxInterval(LONGEST_RETRY_MS)
                .withoutMaxAttempts());
    if (!namespaces.isEmpty()) {
      controller.settingNamespaces(namespaces);
    }
  }

  private void informerLost(Throwable cause, Runnable onLost) {
    if (cause != null && started && !closed) {
      log.atError()
          .setCause(cause)
          .log("an informer ended: the process ends, to start again with full caches");
      onLost.run();
    }
  }

  /** Whatever was passed over is due: nothing tells which resources that were. */
  private void wakeAll() {
    controllers()
        .forEach(
            controller ->
                controller
                    .getEventSourceManager()
                    .getControllerEventSource()
                    .keys()
                    .forEach(it -> controller.getEventProcessor().handleEvent(new Event(it))));
  }

  private void listen() {
    var steps = new ClockSteps(api.stopwatch());
    while (!closed) {
      try {
        Thread.sleep(LISTEN);
        api.watches().cutSilent();
        if (definitions.problem().isPresent() || health.notReady().isPresent()) {
          definitions.look();
        }
        steps.look().ifPresent(this::clockStepped);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void clockStepped(Duration step) {
    log.atWarn().log("the clock was set by {}: every resource is looked at again", step);
    wakeAll();
  }

  private boolean leading() {
    return started && leadership.map(Leadership::leading).orElse(true);
  }

  private Stream<Controller<?>> controllers() {
    return operator.getRegisteredControllers().stream().map(it -> (Controller<?>) it);
  }

  private Optional<String> problem() {
    // starting is the business of the startup probe
    return started ? health.problem() : Optional.empty();
  }

  private Optional<String> notReady() {
    return definitions
        .problem()
        .or(coverage::notReady)
        .or(() -> started ? health.notReady() : Optional.of("starting"));
  }

  /** Stops: reconciles under way may end, then the lease is given back. */
  @Override
  public void close() {
    closed = true;
    if (!gate.close(STOP_WITHIN)) {
      log.atWarn().log("a reconcile takes longer than {} and is cut off", STOP_WITHIN);
    }
    coverage.close();
    listener.ifPresent(Thread::interrupt);
    if (started) {
      // the lease first: nothing is written from here on, and the next leader may begin
      leadership.ifPresent(Leadership::stop);
      operator.stop();
    }
    http.close();
    api.close();
  }
}
