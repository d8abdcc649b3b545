package dev.naru.operator.it;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Holds every thread that wants to write a status, as a lock that nobody releases would. */
final class Stuck implements HttpClient.Factory, Interceptor {

  private final HttpClient.Factory jdk = new JdkHttpClientFactory();
  private final AtomicInteger held = new AtomicInteger();
  private volatile CountDownLatch heldUntil = new CountDownLatch(0);

  void hold() {
    heldUntil = new CountDownLatch(1);
  }

  void release() {
    heldUntil.countDown();
  }

  int held() {
    return held.get();
  }

  @Override
  public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
    if (request.uri().getPath().endsWith("/status")) {
      held.incrementAndGet();
      try {
        heldUntil.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        held.decrementAndGet();
      }
    }
  }

  @Override
  public HttpClient.Builder newBuilder() {
    return jdk.newBuilder();
  }

  @Override
  public HttpClient.Builder newBuilder(Config config) {
    return jdk.newBuilder(config).addOrReplaceInterceptor("stuck", this);
  }
}
