package dev.naru.operator.runtime;

import dev.naru.operator.kube.Clients;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the process reaches the API server: one client for the work, whose writes pass the fence, and
 * one for the lease, with connections and time limits of its own, so that a renewal never queues
 * behind work.
 */
public final class ApiAccess implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ApiAccess.class);

  /** Half of {@link Fence#TRUST}: one renewal may fail without harm. */
  private static final int LEASE_REQUEST_MS = 5_000;

  /** Doubled five times at most: after an outage watches are back within eight seconds. */
  private static final int WATCH_AGAIN_MS = 250;

  private static final Duration KNOCK = Duration.ofSeconds(1);

  private final KubernetesClient client;
  private final KubernetesClient leases;
  private final Fence fence;
  private final Watches watches;
  private final Stopwatch stopwatch;

  private ApiAccess(
      KubernetesClient client,
      KubernetesClient leases,
      Fence fence,
      Watches watches,
      Stopwatch stopwatch) {
    this.client = client;
    this.leases = leases;
    this.fence = fence;
    this.watches = watches;
    this.stopwatch = stopwatch;
  }

  /**
   * Makes both clients; connects to nothing yet.
   *
   * @param config makes the credentials of one client, which keeps them fresh on its own
   * @param requests sees every request
   */
  public static ApiAccess of(
      Supplier<Config> config, HttpClient.Factory http, Interceptor requests, Clock clock) {
    return of(config, http, requests, clock, Watches.SILENCE);
  }

  /** As above, with another patience for watches. */
  public static ApiAccess of(
      Supplier<Config> config,
      HttpClient.Factory http,
      Interceptor requests,
      Clock clock,
      Duration watchSilence) {
    var stopwatch = Stopwatch.of(clock);
    var fence = new Fence(stopwatch);
    var watches = new Watches(stopwatch, watchSilence);
    var work = robust(config.get());
    var lease = robust(config.get());
    lease.setRequestTimeout(LEASE_REQUEST_MS);
    lease.setConnectionTimeout(LEASE_REQUEST_MS);
    var interceptors = Patience.attempts();
    interceptors.put("fence", fence);
    interceptors.put("requests", requests);
    // last, as it has to see the reader that is really used
    interceptors.put("watches", watches);
    return new ApiAccess(
        Clients.of(work, http, interceptors),
        Clients.of(lease, http, Map.of("requests", requests)),
        fence,
        watches,
        stopwatch);
  }

  /** The client for the work. */
  public KubernetesClient client() {
    return client;
  }

  KubernetesClient leases() {
    return leases;
  }

  Fence fence() {
    return fence;
  }

  Watches watches() {
    return watches;
  }

  Stopwatch stopwatch() {
    return stopwatch;
  }

  /**
   * Waits until the API server answers anything at all: a process that ends because it does not
   * would only be started again, later and later.
   */
  void await() throws InterruptedException {
    var told = false;
    while (true) {
      try {
        leases.getKubernetesVersion();
        return;
      } catch (KubernetesClientException e) {
        if (e.getCode() != 0 && e.getCode() < 500) {
          return;
        }
        if (!told) {
          log.atWarn()
              .addKeyValue("server", leases.getMasterUrl())
              .log("waiting for the API server: {}", Election.cause(e));
          told = true;
        }
        Thread.sleep(KNOCK);
      }
    }
  }

  @Override
  public void close() {
    client.close();
    leases.close();
  }

  private static Config robust(Config config) {
    // a write that failed is decided on anew by whoever wanted it, not sent again blindly
    config.setRequestRetryBackoffLimit(0);
    // a request without an answer takes its connection with it; over HTTP/2 it would leave a dead
    // connection to all that follow
    config.setHttp2Disable(true);
    // plain HTTP lets Watches listen
    config.setOnlyHttpWatches(true);
    config.setWatchReconnectInterval(WATCH_AGAIN_MS);
    return config;
  }
}
