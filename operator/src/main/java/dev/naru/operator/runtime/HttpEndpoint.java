package dev.naru.operator.runtime;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** Serves {@code /healthz}, {@code /readyz} and {@code /metrics}. */
final class HttpEndpoint implements AutoCloseable {

  private final HttpServer server;

  /**
   * Starts to serve.
   *
   * @param port 0 takes a free one
   * @param alive what is wrong with the process; empty when nothing is
   * @param ready why it is not ready; empty when it is
   */
  HttpEndpoint(
      int port,
      Supplier<Optional<String>> alive,
      Supplier<Optional<String>> ready,
      Supplier<String> metrics) {
    try {
      server = HttpServer.create(new InetSocketAddress(port), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot listen on port %d: set NARU_HTTP_PORT to a free one".formatted(port), e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/healthz", exchange -> state(exchange, alive.get()));
    server.createContext("/readyz", exchange -> state(exchange, ready.get()));
    server.createContext(
        "/metrics", exchange -> send(exchange, 200, "text/plain; version=0.0.4", metrics.get()));
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  private static void state(HttpExchange exchange, Optional<String> problem) throws IOException {
    send(exchange, problem.isPresent() ? 503 : 200, "text/plain", problem.orElse("ok") + "\n");
  }

  private static void send(HttpExchange exchange, int code, String type, String text)
      throws IOException {
    try (exchange) {
      var bytes = text.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", type);
      exchange.sendResponseHeaders(code, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
