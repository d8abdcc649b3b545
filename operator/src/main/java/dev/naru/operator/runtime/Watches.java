package dev.naru.operator.runtime;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens to the watches. The API server sends a bookmark about once a minute on each; a watch that
 * stays silent hangs on a connection whose other end is gone, which TCP alone would notice after
 * ten minutes and more. It is cut, and its informer watches again from where it was.
 */
final class Watches implements Interceptor {

  private static final Logger log = LoggerFactory.getLogger(Watches.class);

  /** Two bookmarks missed. */
  static final Duration SILENCE = Duration.ofSeconds(130);

  private final Stopwatch stopwatch;
  private final Duration silence;
  private final Set<Listening> open = ConcurrentHashMap.newKeySet();

  Watches(Stopwatch stopwatch, Duration silence) {
    this.stopwatch = stopwatch;
    this.silence = silence;
  }

  /** One watch. */
  private final class Listening implements AsyncBody.Consumer<List<ByteBuffer>> {

    private final AsyncBody.Consumer<List<ByteBuffer>> reader;
    private final AsciiJson text = new AsciiJson();
    private volatile Stopwatch.Moment heard = stopwatch.now();
    private volatile Optional<AsyncBody> body = Optional.empty();

    Listening(AsyncBody.Consumer<List<ByteBuffer>> reader) {
      this.reader = reader;
    }

    @Override
    public void consume(List<ByteBuffer> value, AsyncBody from) throws Exception {
      heard = stopwatch.now();
      reader.consume(value.stream().map(text::next).toList(), from);
    }

    boolean silent() {
      return stopwatch.since(heard).compareTo(silence) > 0;
    }
  }

  @Override
  public AsyncBody.Consumer<List<ByteBuffer>> consumer(
      AsyncBody.Consumer<List<ByteBuffer>> reader, HttpRequest request) {
    var query = request.uri().getQuery();
    return query != null && query.contains("watch=true") ? new Listening(reader) : reader;
  }

  @Override
  public void after(
      HttpRequest request,
      HttpResponse<?> response,
      AsyncBody.Consumer<List<ByteBuffer>> consumer) {
    if (consumer instanceof Listening watch && response.body() instanceof AsyncBody body) {
      watch.heard = stopwatch.now();
      watch.body = Optional.of(body);
      open.add(watch);
      var _ = body.done().whenComplete((_, _) -> open.remove(watch));
    }
  }

  /** Cuts the watches that are silent; how many these were. */
  int cutSilent() {
    var silent = open.stream().filter(Listening::silent).toList();
    silent.forEach(
        watch -> {
          open.remove(watch);
          watch.body.ifPresent(AsyncBody::cancel);
        });
    if (!silent.isEmpty()) {
      log.atWarn()
          .addKeyValue("watches", silent.size())
          .log("nothing was said for {} s: cut, to watch again", silence.toSeconds());
    }
    return silent.size();
  }

  /** How many are open. */
  int open() {
    return open.size();
  }
}
