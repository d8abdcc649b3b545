package dev.naru.operator.model;

import dev.naru.operator.model.rollout.Measures;
import dev.naru.operator.model.rollout.MetricsText;
import io.fabric8.kubernetes.api.model.Pod;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks pods themselves, at their own addresses. */
public final class HttpPodMetrics implements PodMetrics {

  /** Pods are asked again a moment later. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** What a pod says beyond this is not read: a page of metrics has some kilobytes. */
  private static final int MOST_BYTES = 4 << 20;

  private static final Logger LOG = LoggerFactory.getLogger(HttpPodMetrics.class);

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .connectTimeout(PATIENCE)
          .build();

  @Override
  public Optional<Measures> look(Pod pod, MetricsEndpoint endpoint) {
    var address = pod.getStatus() == null ? null : pod.getStatus().getPodIP();
    if (address == null || address.isEmpty()) {
      return Optional.empty();
    }
    var host = address.contains(":") ? "[" + address + "]" : address;
    var uri = URI.create("http://%s:%d%s".formatted(host, endpoint.port(), endpoint.path()));
    var answering =
        client.sendAsync(
            HttpRequest.newBuilder(uri).header("Accept", "text/plain").build(),
            BodyHandlers.limiting(BodyHandlers.ofString(StandardCharsets.UTF_8), MOST_BYTES));
    try {
      // a request's own timeout ends with the first bytes of its answer (JDK-8208693)
      var answer = answering.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      return answer.statusCode() == HttpURLConnection.HTTP_OK
          ? MetricsText.read(answer.body())
          : Optional.empty();
    } catch (ExecutionException | TimeoutException e) {
      LOG.atDebug().log("the metrics of pod {}: {}", pod.getMetadata().getName(), e.toString());
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } finally {
      answering.cancel(true);
    }
  }
}
