package dev.naru.operator.runtime;

import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Reads once more when the API server asks for it: it answers 429 or 503 for a moment after it
 * started, after a definition was installed, and under load. Writes are left to whoever decided on
 * them.
 */
final class Patience implements Interceptor {

  private static final Set<Integer> LATER = Set.of(429, 502, 503, 504);
  private static final Set<String> READS = Set.of("GET", "HEAD");
  private static final List<Duration> PAUSES =
      List.of(Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofSeconds(2));

  private final Duration pause;

  private Patience(Duration pause) {
    this.pause = pause;
  }

  /** One for each attempt: each is asked in turn for as long as the answer is no success. */
  static Map<String, Interceptor> attempts() {
    var attempts = new LinkedHashMap<String, Interceptor>();
    PAUSES.forEach(pause -> attempts.put("patience-" + pause.toMillis(), new Patience(pause)));
    return attempts;
  }

  @Override
  public CompletableFuture<Boolean> afterFailure(
      HttpRequest.Builder builder, HttpResponse<?> response, RequestTags tags) {
    if (!LATER.contains(response.code()) || !READS.contains(builder.build().method())) {
      return CompletableFuture.completedFuture(false);
    }
    return CompletableFuture.supplyAsync(
        () -> true, CompletableFuture.delayedExecutor(pause.toMillis(), TimeUnit.MILLISECONDS));
  }

  @Override
  public CompletableFuture<Boolean> afterFailure(
      BasicBuilder builder, HttpResponse<?> response, RequestTags tags) {
    return CompletableFuture.completedFuture(false);
  }
}
