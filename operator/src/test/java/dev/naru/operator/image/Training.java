package dev.naru.operator.image;

import com.fasterxml.jackson.databind.JsonNode;
import dev.naru.bigquery.fake.FakeBigQuery;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * Lets the image's operator start, reconcile one resource of each kind and stop, so that its AOT
 * cache knows what a start needs. Called by {@code e2e/images/train}.
 */
public final class Training {

  private static final String RENTAL = "/apis/naru.dev/v1alpha1/namespaces/rental/";
  private static final String PASSWORD = "training";
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private Training() {}

  /**
   * Trains.
   *
   * @param command the operator's whole command
   */
  public static void main(String[] command)
      throws IOException, InterruptedException, GeneralSecurityException {
    var folder = Files.createTempDirectory("naru-training-");
    var api = new ApiStandIn();
    try (var bigQuery = FakeBigQuery.start();
        var server = new TlsServer(keys(folder), PASSWORD, api)) {
      resources(api, bigQuery.url());
      var port = freePort();
      var operator = new ProcessBuilder(List.of(command)).inheritIO();
      operator
          .environment()
          .putAll(
              Map.of(
                  "KUBECONFIG",
                  kubeconfig(folder, server.port()),
                  "NARU_WORKER_IMAGE",
                  "naru-worker:training",
                  "NARU_LOG_LEVEL",
                  "WARN",
                  "NARU_HTTP_PORT",
                  Integer.toString(port)));
      var process = operator.start();
      try {
        Awaitility.await("the operator has reconciled everything")
            .atMost(PATIENCE)
            .failFast("the operator has ended", () -> !process.isAlive())
            .until(() -> done(api));
        for (var path : List.of("readyz", "healthz", "metrics")) {
          ask(port, path);
        }
        process.destroy();
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
          throw new IllegalStateException("the operator does not stop");
        }
      } finally {
        process.destroyForcibly();
      }
    }
  }

  private static boolean done(ApiStandIn api) {
    return List.of("warehouses/main", "connections/rental-db", "ingestionjobs/cars").stream()
            .allMatch(it -> api.get(RENTAL + it).filter(Training::answered).isPresent())
        && !api.list("/apis/batch/v1/namespaces/rental/cronjobs").isEmpty();
  }

  private static boolean answered(JsonNode resource) {
    for (var condition : resource.at("/status/conditions")) {
      if (condition.path("type").asText().equals("Ready")) {
        return true;
      }
    }
    return false;
  }

  private static void ask(int port, String path) throws IOException, InterruptedException {
    try (var client = HttpClient.newHttpClient()) {
      var uri = URI.create("http://127.0.0.1:%d/%s".formatted(port, path));
      var answer = client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new IllegalStateException("%s answers %s".formatted(uri, answer.body()));
      }
    }
  }

  private static void resources(ApiStandIn api, String bigQuery) throws IOException {
    api.apply(
        RENTAL + "warehouses",
        """
        apiVersion: naru.dev/v1alpha1
        kind: Warehouse
        metadata: {name: main}
        spec:
          bigQuery:
            project: naru-local
            location: US
            stagingBucket: gs://naru-staging
            localEndpoints: {bigQuery: "%s", storage: "%s"}
        """
            .formatted(bigQuery, bigQuery));
    api.apply(
        RENTAL + "connections",
        """
        apiVersion: naru.dev/v1alpha1
        kind: Connection
        metadata: {name: rental-db}
        spec:
          type: PostgreSQL
          postgresql:
            host: rental-db
            database: rental
            authSecretRef: {name: rental-db}
        """);
    api.apply(
        RENTAL + "ingestionjobs",
        """
        apiVersion: naru.dev/v1alpha1
        kind: IngestionJob
        metadata: {name: cars}
        spec:
          source:
            connectionRef: {name: rental-db}
            type: Table
            table: {schema: rental, name: cars}
          destination:
            warehouseRef: {name: main}
            dataset: raw_rental
            table: cars
            partitionBy: {column: created_at, granularity: Day}
          primaryKey: [id]
          load: {mode: Incremental, incremental: {cursor: {column: updated_at, lookback: 15m}}}
          schedule: {cron: "0 4 * * *", timeZone: Asia/Seoul}
        """);
  }

  private static String kubeconfig(Path folder, int port)
      throws IOException, GeneralSecurityException {
    var certificate = keys(folder).getCertificate("server").getEncoded();
    var pem =
        "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
            .formatted(Base64.getMimeEncoder().encodeToString(certificate));
    var file =
        Files.writeString(
            folder.resolve("kubeconfig"),
            """
            apiVersion: v1
            kind: Config
            clusters:
            - name: training
              cluster: {server: "https://127.0.0.1:%d", certificate-authority-data: %s}
            users:
            - name: training
              user: {token: training}
            contexts:
            - name: training
              context: {cluster: training, user: training}
            current-context: training
            """
                .formatted(
                    port,
                    Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII))));
    return file.toString();
  }

  private static KeyStore keys(Path folder) throws IOException, GeneralSecurityException {
    var store = folder.resolve("server.p12");
    if (!Files.exists(store)) {
      var keytool =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin/keytool").toString(),
                  "-genkeypair",
                  "-alias",
                  "server",
                  "-keyalg",
                  "RSA",
                  "-validity",
                  "2",
                  "-dname",
                  "CN=training",
                  "-ext",
                  "SAN=IP:127.0.0.1",
                  "-keystore",
                  store.toString(),
                  "-storepass",
                  PASSWORD)
              .inheritIO();
      try {
        if (keytool.start().waitFor() != 0) {
          throw new IllegalStateException("keytool failed");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
    return KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
