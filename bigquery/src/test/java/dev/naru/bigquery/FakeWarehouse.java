package dev.naru.bigquery;

import com.google.api.client.http.HttpTransport;
import com.google.api.client.http.javanet.NetHttpTransport;
import com.google.auth.oauth2.GoogleCredentials;
import dev.naru.bigquery.fake.FakeBigQuery;
import dev.naru.runfile.Warehouse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Sessions with a {@link FakeBigQuery}: the real client with short patience. */
public final class FakeWarehouse {

  /** Shorter than {@link #LATENESS}, longer than an answer takes on a busy machine. */
  private static final Duration ANSWER_TIMEOUT = Duration.ofMillis(400);

  /** How late a late call is, so that the client has gone on by then. */
  public static final Duration LATENESS = Duration.ofMillis(600);

  /** The client process is gone; nothing catches it. */
  public static final class ClientDied extends Error {
    private static final long serialVersionUID = 1;
  }

  private FakeWarehouse() {}

  /** The warehouse that a fake is. */
  public static Warehouse of(FakeBigQuery fake) {
    return at(fake.url());
  }

  /** A warehouse at some address. */
  public static Warehouse at(String url) {
    return new Warehouse(
        "naru-local",
        "naru-local",
        "US",
        "gs://naru-staging",
        "ops",
        Optional.empty(),
        Optional.of(1L << 30),
        Map.of("team", "rental"),
        Optional.of(new Warehouse.LocalEndpoints(url, url)));
  }

  /** A session whose client dies where the fake says so. */
  public static WarehouseSession open(FakeBigQuery fake, Warehouse warehouse) {
    return open(fake, warehouse, Duration.ofSeconds(5));
  }

  /** As above, with how long a call without an answer is repeated. */
  public static WarehouseSession open(FakeBigQuery fake, Warehouse warehouse, Duration unanswered) {
    return open(fake, warehouse, unanswered, Owner.Kind.INGESTION_JOB);
  }

  private static WarehouseSession open(
      FakeBigQuery fake, Warehouse warehouse, Duration unanswered, Owner.Kind resource) {
    return WarehouseSession.open(
        warehouse,
        Map.of("naru_run", "test"),
        patience(fake, unanswered),
        CallObserver.NONE,
        resource,
        ANSWER_TIMEOUT,
        () -> {
          throw new AssertionError("a local endpoint must never be given a credential");
        },
        new NetHttpTransport());
  }

  /** A session of a mart with Google itself, as far as it knows. */
  public static WarehouseSession openMart(
      Warehouse warehouse, GoogleCredentials own, HttpTransport transport) {
    return WarehouseSession.open(
        warehouse,
        Map.of(),
        Patience.until(Instant.now().plusSeconds(60)),
        CallObserver.NONE,
        Owner.Kind.DATA_MART,
        ANSWER_TIMEOUT,
        () -> own,
        transport);
  }

  /** A session of a mart, whose client dies where the fake says so. */
  public static WarehouseSession openMart(FakeBigQuery fake) {
    return open(fake, of(fake), Duration.ofSeconds(5), Owner.Kind.DATA_MART);
  }

  static Patience patience(FakeBigQuery fake, Duration unanswered) {
    return new Patience(
        Clock.systemUTC(),
        time -> {
          if (fake.clientDied()) {
            throw new ClientDied();
          }
          TimeUnit.NANOSECONDS.sleep(time.toNanos());
        },
        Duration.ofMillis(2),
        Duration.ofMillis(20),
        Duration.ofMillis(20),
        unanswered,
        Instant.now().plusSeconds(60));
  }
}
