package dev.naru.operator.it;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.net.HttpURLConnection;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sits between the operator and the API server: writes down every request, and can kill the
 * operator at its k-th write, before it is sent or after it took effect with the answer lost.
 */
final class Tap implements HttpClient.Factory, Interceptor {

  /** When the operator dies. */
  enum Death {
    NEVER,
    BEFORE,
    AFTER
  }

  final List<String> requests = new CopyOnWriteArrayList<>();
  private final List<String> forbidden = new CopyOnWriteArrayList<>();
  private final HttpClient.Factory jdk = new JdkHttpClientFactory();
  private final Map<AsyncBody, String> watches = new ConcurrentHashMap<>();
  private final AtomicInteger writes = new AtomicInteger();
  private final Death death;
  private final int at;
  private volatile boolean dead;

  Tap(Death death, int at) {
    this.death = death;
    this.at = at;
  }

  static Tap recording() {
    return new Tap(Death.NEVER, 0);
  }

  boolean dead() {
    return dead;
  }

  List<String> writes() {
    return requests.stream().filter(it -> !it.startsWith("GET ")).toList();
  }

  @Override
  public HttpClient.Builder newBuilder() {
    return jdk.newBuilder();
  }

  @Override
  public HttpClient.Builder newBuilder(Config config) {
    return jdk.newBuilder(config).addOrReplaceInterceptor("tap", this);
  }

  @Override
  public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
    if (dead) {
      throw new Killed();
    }
    var query = request.uri().getQuery();
    var apply = query != null && query.contains("fieldManager=naru") ? " apply" : "";
    // /version is how a process that starts waits for the API server
    if ((query == null || !query.contains("watch="))
        && !request.uri().getPath().equals("/version")) {
      requests.add(request.method() + " " + request.uri().getPath() + apply);
    }
    if (write(request) && writes.incrementAndGet() == at && death == Death.BEFORE) {
      dead = true;
      throw new Killed();
    }
  }

  @Override
  public AsyncBody.Consumer<List<ByteBuffer>> consumer(
      AsyncBody.Consumer<List<ByteBuffer>> consumer, HttpRequest request) {
    if (death == Death.AFTER && write(request) && writes.get() == at) {
      return (_, _) -> {
        dead = true;
        throw new Killed();
      };
    }
    return consumer;
  }

  @Override
  public void after(
      HttpRequest request,
      HttpResponse<?> response,
      AsyncBody.Consumer<List<ByteBuffer>> consumer) {
    if (response.code() == HttpURLConnection.HTTP_FORBIDDEN) {
      forbidden.add(request.method() + " " + request.uri().getPath());
    }
    var query = request.uri().getQuery();
    if (query != null
        && query.contains("watch=true")
        && response.body() instanceof AsyncBody body) {
      watches.put(body, request.uri().getPath());
    }
  }

  /** What the API server refused for want of a right. */
  List<String> forbidden() {
    return forbidden;
  }

  /** Ends watches, as the API server does after some minutes. */
  void cutWatches(String namespace) {
    watches.forEach(
        (body, path) -> {
          if (path.contains("/namespaces/" + namespace + "/")) {
            watches.remove(body);
            body.cancel();
          }
        });
  }

  /** The requests since the last call. */
  List<String> drain() {
    var drained = List.copyOf(requests);
    requests.clear();
    return drained;
  }

  private static boolean write(HttpRequest request) {
    return switch (request.method()) {
      case "GET", "HEAD" -> false;
      default -> true;
    };
  }

  /** The process is no more. */
  static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}
