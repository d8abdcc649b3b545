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
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * Sits between the operator and the API server: writes down every request, and can kill the
 * operator at one of its writes, before it is sent or after it took effect with the answer lost.
 */
final class Tap implements HttpClient.Factory, Interceptor {

  /** When the operator dies. */
  enum Death {
    NEVER,
    BEFORE,
    AFTER,
    /** As AFTER, but not at a write that is refused. */
    AFTER_EFFECT
  }

  final List<String> requests = new CopyOnWriteArrayList<>();
  private final List<String> forbidden = new CopyOnWriteArrayList<>();
  private final HttpClient.Factory jdk = new JdkHttpClientFactory();
  private final Map<AsyncBody, String> watches = new ConcurrentHashMap<>();
  private final Death death;
  private final Predicate<HttpRequest> fatal;

  /** Who sends the write at which the operator dies: a request is built anew on its way. */
  private volatile Optional<Thread> dying = Optional.empty();

  private volatile boolean refused;
  private volatile boolean dead;
  private final AtomicInteger refusals = new AtomicInteger();
  private volatile boolean kindsHidden;
  private volatile Optional<String> unheard = Optional.empty();

  /**
   * A tap.
   *
   * @param fatal asked about each write, once: whether the operator dies at it
   */
  Tap(Death death, Predicate<HttpRequest> fatal) {
    this.death = death;
    this.fatal = fatal;
  }

  /** Death comes at the k-th write. */
  Tap(Death death, int at) {
    this(death, countdown(at));
  }

  private static Predicate<HttpRequest> countdown(int at) {
    var writes = new AtomicInteger();
    return _ -> writes.incrementAndGet() == at;
  }

  static Tap recording() {
    return new Tap(Death.NEVER, _ -> false);
  }

  /** From now on the API server does not serve Naru's kinds, or does again. */
  void hideKinds(boolean hidden) {
    kindsHidden = hidden;
  }

  /** From now on nothing is heard of what becomes of the objects of a kind, by its plural. */
  void deafen(String plural) {
    unheard = Optional.of("/" + plural);
  }

  /** How often they were asked for meanwhile. */
  int refusals() {
    return refusals.get();
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
    if (kindsHidden && request.uri().getPath().contains("/naru.dev/v1alpha1/namespaces/")) {
      refusals.incrementAndGet();
    }
    if (kindsHidden) {
      // the API server has no such version, and so none of these kinds
      builder.uri(
          URI.create(request.uri().toString().replace("/naru.dev/v1alpha1", "/naru.dev/v0")));
    }
    if (write(request) && fatal.test(request)) {
      dying = Optional.of(Thread.currentThread());
      if (death == Death.BEFORE) {
        dead = true;
        throw new Killed();
      }
    }
  }

  @Override
  public AsyncBody.Consumer<List<ByteBuffer>> consumer(
      AsyncBody.Consumer<List<ByteBuffer>> consumer, HttpRequest request) {
    if ((death == Death.AFTER || death == Death.AFTER_EFFECT)
        && write(request)
        && dying.filter(Thread.currentThread()::equals).isPresent()) {
      return (value, body) -> {
        if (death == Death.AFTER_EFFECT && refused) {
          consumer.consume(value, body);
          return;
        }
        dead = true;
        throw new Killed();
      };
    }
    if (watch(request)) {
      return (value, body) -> {
        if (unheard.filter(request.uri().getPath()::endsWith).isPresent()) {
          body.consume();
        } else {
          consumer.consume(value, body);
        }
      };
    }
    return consumer;
  }

  @Override
  public void after(
      HttpRequest request,
      HttpResponse<?> response,
      AsyncBody.Consumer<List<ByteBuffer>> consumer) {
    if (write(request)) {
      refused = response.code() >= HttpURLConnection.HTTP_BAD_REQUEST;
    }
    if (response.code() == HttpURLConnection.HTTP_FORBIDDEN) {
      forbidden.add(request.method() + " " + request.uri().getPath());
    }
    if (watch(request) && response.body() instanceof AsyncBody body) {
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

  private static boolean watch(HttpRequest request) {
    var query = request.uri().getQuery();
    return query != null && query.contains("watch=true");
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
