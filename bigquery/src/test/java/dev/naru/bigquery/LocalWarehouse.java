package dev.naru.bigquery;

import dev.naru.runfile.Warehouse;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A local BigQuery and bucket store of this test's own, on free ports, with its own data; one that
 * runs for a demo is left alone. {@code NARU_TEST_BIGQUERY_URL} and {@code NARU_TEST_STORAGE_URL}
 * name a running one instead.
 */
public record LocalWarehouse(Warehouse warehouse, Optional<Server> server)
    implements AutoCloseable {

  private record Server(Path local, Map<String, String> environment) {}

  /** Starts one. */
  public static LocalWarehouse start() throws IOException {
    var given = System.getenv("NARU_TEST_BIGQUERY_URL");
    if (given != null) {
      return new LocalWarehouse(
          warehouse(given, System.getenv("NARU_TEST_STORAGE_URL")), Optional.empty());
    }
    var bigQuery = freePort();
    var storage = freePort();
    var server =
        new Server(
            Files.createTempDirectory("naru-warehouse"),
            Map.of(
                "NARU_BIGQUERY_PORT",
                "" + bigQuery,
                "NARU_BIGQUERY_GRPC_PORT",
                "" + freePort(),
                "NARU_STORAGE_PORT",
                "" + storage));
    script(server, "up");
    return new LocalWarehouse(
        warehouse("http://127.0.0.1:" + bigQuery, "http://127.0.0.1:" + storage),
        Optional.of(server));
  }

  @Override
  public void close() throws IOException {
    if (server.isPresent()) {
      script(server.get(), "down");
    }
  }

  private static Warehouse warehouse(String bigQuery, String storage) {
    return new Warehouse(
        "naru-local",
        "naru-local",
        "US",
        "gs://naru-staging",
        "ops",
        Optional.empty(),
        Optional.of(1L << 40),
        Map.of(),
        Optional.of(new Warehouse.LocalEndpoints(bigQuery, storage)));
  }

  private static void script(Server server, String name) throws IOException {
    var root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("mvnw"))) {
      root = root.getParent();
    }
    var process =
        new ProcessBuilder(root.resolve("e2e/warehouse/" + name).toString())
            .directory(root.toFile())
            .inheritIO();
    process.environment().putAll(server.environment());
    process.environment().put("NARU_LOCAL", server.local().toString());
    var exit = process.start().onExit().join().exitValue();
    if (exit != 0) {
      throw new IllegalStateException("e2e/warehouse/" + name + " ended with " + exit);
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
