package dev.naru.operator.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.naru.operator.model.rollout.Measures;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assumptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The metrics of pods, asked of a real server. */
@Timeout(60)
final class HttpPodMetricsTest {

  private static final String TEXT =
      """
      # HELP http_requests_total Requests.
      # TYPE http_requests_total counter
      http_requests_total{code="200"} 90
      http_requests_total{code="503"} 10
      # TYPE http_request_duration_seconds histogram
      http_request_duration_seconds_bucket{le="0.1"} 99
      http_request_duration_seconds_bucket{le="+Inf"} 100
      """;

  /** Longer than any look may take. */
  private static final Duration LONG = Duration.ofSeconds(30);

  private final HttpPodMetrics metrics = new HttpPodMetrics();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final CountDownLatch over = new CountDownLatch(1);
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = server(InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void stop() {
    over.countDown();
    server.stop(0);
  }

  @Test
  void whatAPodShowsIsRead() {
    answer("/stats", exchange -> send(exchange, 200, TEXT));

    assertThat(look("/stats"))
        .hasValueSatisfying(
            it -> {
              assertThat(it.requests()).isEqualTo(100);
              assertThat(it.errors()).isEqualTo(10);
            });
    assertThat(asked).containsExactly("GET /stats text/plain");
  }

  @Test
  void aPodThatIsAskedAgainIsAskedAnew() {
    answer("/metrics", exchange -> send(exchange, 200, TEXT.replace("90", "9" + asked.size())));

    assertThat(look("/metrics").map(Measures::requests)).contains(101.0);
    assertThat(look("/metrics").map(Measures::requests)).contains(102.0);
  }

  @Test
  void aPodThatTakesTooLongIsGivenUp() {
    answer("/metrics", exchange -> over.await(LONG.toSeconds(), TimeUnit.SECONDS));

    assertThat(within(LONG.dividedBy(2), "/metrics")).isEmpty();
  }

  @Test
  void anAnswerThatComesByDropsIsGivenUp() throws InterruptedException {
    var gone = new CountDownLatch(1);
    answer(
        "/metrics",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          try {
            while (!over.await(100, TimeUnit.MILLISECONDS)) {
              exchange.getResponseBody().write(TEXT.getBytes(StandardCharsets.UTF_8));
              exchange.getResponseBody().flush();
            }
          } catch (IOException e) {
            gone.countDown();
          }
        });

    assertThat(within(LONG.dividedBy(2), "/metrics")).isEmpty();
    assertThat(gone.await(LONG.toSeconds(), TimeUnit.SECONDS)).as("nobody reads on").isTrue();
  }

  @Test
  void anAnswerWithoutEndIsGivenUp() throws InterruptedException {
    var page = "x_total 1\n".repeat(10_000).getBytes(StandardCharsets.UTF_8);
    var gone = new CountDownLatch(1);
    answer(
        "/metrics",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          try {
            while (over.getCount() > 0) {
              exchange.getResponseBody().write(page);
            }
          } catch (IOException e) {
            gone.countDown();
          }
        });

    assertThat(within(LONG.dividedBy(2), "/metrics")).isEmpty();
    assertThat(gone.await(LONG.toSeconds(), TimeUnit.SECONDS)).as("nobody reads on").isTrue();
  }

  @Test
  void whatIsNoAnswerIsNone() {
    answer("/missing", exchange -> send(exchange, 404, TEXT));
    answer("/broken", exchange -> send(exchange, 500, TEXT));
    answer("/empty", exchange -> send(exchange, 200, ""));
    answer("/page", exchange -> send(exchange, 200, "<html><body>Welcome</body></html>"));
    answer("/other", exchange -> send(exchange, 200, "python_info 1\n"));
    answer("/metrics", exchange -> send(exchange, 200, TEXT));
    answer(
        "/elsewhere",
        exchange -> {
          exchange.getResponseHeaders().add("Location", "/metrics");
          send(exchange, 302, "");
        });

    for (var path : List.of("/missing", "/broken", "/empty", "/page", "/other", "/elsewhere")) {
      assertThat(look(path)).as(path).isEmpty();
    }
    assertThat(asked).as("nobody is sent elsewhere").doesNotContain("GET /metrics text/plain");
  }

  @Test
  void whatDoesNotSpeakHttpIsNoAnswer() throws Exception {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var talker =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try (var connection = socket.accept()) {
                      connection
                          .getOutputStream()
                          .write("+OK redis\r\n".getBytes(StandardCharsets.UTF_8));
                      connection.getOutputStream().flush();
                      over.await(LONG.toSeconds(), TimeUnit.SECONDS);
                    } catch (IOException | InterruptedException e) {
                      // it was given up
                    }
                  });
      assertThat(
              metrics.look(pod("127.0.0.1"), new MetricsEndpoint("a", socket.getLocalPort(), "/")))
          .isEmpty();
      over.countDown();
      talker.join();
    }
  }

  @Test
  void aPodWhereNobodyListensIsNoAnswer() throws IOException {
    int port;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    assertThat(metrics.look(pod("127.0.0.1"), new MetricsEndpoint("a", port, "/metrics")))
        .isEmpty();
  }

  @Test
  void aPodWithoutAnAddressIsNotAsked() {
    assertThat(metrics.look(new Pod(), endpoint("/metrics"))).isEmpty();
    assertThat(metrics.look(pod(null), endpoint("/metrics"))).isEmpty();
    assertThat(metrics.look(pod(""), endpoint("/metrics"))).isEmpty();
  }

  @Test
  void aPodWithAnAddressOfIPv6IsAskedThere() throws IOException {
    server.stop(0);
    try {
      server = server(InetAddress.ofLiteral("::1"));
    } catch (IOException e) {
      Assumptions.assumeThat(e).as("this machine has no IPv6").isNull();
    }
    answer("/metrics", exchange -> send(exchange, 200, TEXT));

    assertThat(metrics.look(pod("::1"), endpoint("/metrics")).map(Measures::requests))
        .contains(100.0);
  }

  @Test
  void whoeverIsToldToStopStopsAndRemembersIt() throws InterruptedException {
    answer("/metrics", exchange -> over.await(LONG.toSeconds(), TimeUnit.SECONDS));
    var interrupted = new CountDownLatch(1);
    var thread =
        Thread.ofPlatform()
            .start(
                () -> {
                  if (look("/metrics").isEmpty() && Thread.currentThread().isInterrupted()) {
                    interrupted.countDown();
                  }
                });
    thread.interrupt();
    assertThat(interrupted.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  private interface Answer {
    void to(HttpExchange exchange) throws IOException, InterruptedException;
  }

  private void answer(String path, Answer answer) {
    server.createContext(
        path,
        exchange -> {
          asked.add(
              "%s %s %s"
                  .formatted(
                      exchange.getRequestMethod(),
                      exchange.getRequestURI(),
                      exchange.getRequestHeaders().getFirst("Accept")));
          try (exchange) {
            answer.to(exchange);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private static void send(HttpExchange exchange, int status, String text) throws IOException {
    var body = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  private static HttpServer server(InetAddress address) throws IOException {
    var server = HttpServer.create(new InetSocketAddress(address, 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
    return server;
  }

  private Optional<Measures> look(String path) {
    return metrics.look(pod("127.0.0.1"), endpoint(path));
  }

  /** As {@link #look}, which must be back in time. */
  private Optional<Measures> within(Duration time, String path) {
    return org.junit.jupiter.api.Assertions.assertTimeoutPreemptively(time, () -> look(path));
  }

  private MetricsEndpoint endpoint(String path) {
    return new MetricsEndpoint("metrics", server.getAddress().getPort(), path);
  }

  private static Pod pod(String address) {
    return new PodBuilder()
        .withNewMetadata()
        .withName("price-0")
        .endMetadata()
        .withNewStatus()
        .withPodIP(address)
        .endStatus()
        .build();
  }
}
