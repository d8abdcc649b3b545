package dev.naru.operator.it;

import dev.naru.operator.Reconcilers;
import dev.naru.operator.ingestion.RunLedger;
import dev.naru.operator.metrics.ApiRequests;
import dev.naru.operator.metrics.Meters;
import dev.naru.operator.runtime.ApiAccess;
import dev.naru.operator.runtime.Config;
import dev.naru.operator.runtime.OperatorProcess;
import dev.naru.operator.warehouse.WarehouseCheck;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** One of several operators that ask for the same lease, with the shipped rights. */
final class Replica implements AutoCloseable {

  /** Its surroundings, so far as they are not the usual ones. */
  record Place(Optional<Cable> cable, HttpClient.Factory http, Clock clock, Duration watchSilence) {

    static Place usual() {
      return new Place(
          Optional.empty(), new JdkHttpClientFactory(), Clock.systemUTC(), Duration.ofSeconds(130));
    }

    Place behind(Cable other) {
      return new Place(Optional.of(other), http, clock, watchSilence);
    }

    Place over(HttpClient.Factory other) {
      return new Place(cable, other, clock, watchSilence);
    }

    Place at(Clock other) {
      return new Place(cable, http, other, watchSilence);
    }

    Place listeningFor(Duration silence) {
      return new Place(cable, http, clock, silence);
    }
  }

  /** Set when the process would have ended itself. */
  final AtomicBoolean ended = new AtomicBoolean();

  private final OperatorProcess process;
  private final Meters meters;

  Replica(String name, String home, String namespace, Place place) {
    var config =
        Config.from(
            Map.of(
                "NARU_WORKER_IMAGE", "naru-worker:dev",
                "NARU_WATCH_NAMESPACES", namespace,
                "NARU_NAMESPACE", home,
                "NARU_POD_NAME", name,
                "NARU_HTTP_PORT", "0"));
    meters = new Meters("test", "none");
    var api =
        ApiAccess.of(
            () -> access(place),
            place.http(),
            new ApiRequests(meters),
            place.clock(),
            place.watchSilence());
    var made = Reconcilers.of(config, Optional.empty(), api.client(), meters, place.clock());
    RunLedger ledger = (_, _) -> new RunLedger.Entry.Unknown("nobody should ask");
    process =
        new OperatorProcess(
            config,
            api,
            meters,
            List.of(
                made.warehouses(_ -> new WarehouseCheck.Answer.Usable()),
                made.ingestionJobs(ledger)),
            made.caches(),
            () -> ended.set(true),
            place.clock());
    try {
      process.start();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static io.fabric8.kubernetes.client.Config access(Place place) {
    var config = ControlPlane.get().operatorConfig();
    place.cable().ifPresent(it -> config.setMasterUrl(it.url()));
    return config;
  }

  /** What an endpoint answers: code and text. */
  String get(String path) {
    try (var http = java.net.http.HttpClient.newHttpClient()) {
      var uri = URI.create("http://127.0.0.1:" + process.httpPort() + path);
      var answer = http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
      return answer.statusCode() + " " + answer.body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  boolean alive() {
    return get("/healthz").equals("200 ok\n");
  }

  boolean leads() {
    return get("/metrics").contains("naru_leader 1.0");
  }

  @Override
  public void close() {
    process.close();
    meters.close();
  }
}
