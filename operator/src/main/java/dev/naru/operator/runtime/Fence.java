package dev.naru.operator.runtime;

import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.javaoperatorsdk.operator.OperatorException;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Lets writes through only while the lease is surely ours. It asks nobody: trust ends by itself
 * when the lease was not renewed for {@link #TRUST}, so that a process which was stopped, or cut
 * off from the API server, finds the fence closed before anyone else may lead.
 */
final class Fence implements Interceptor {

  /**
   * Counted from the moment a renewal was <em>sent</em>. Others wait {@link Election#LEASE} from
   * the moment they <em>saw</em> it; the difference is what a request under way may take.
   */
  static final Duration TRUST = Duration.ofSeconds(10);

  private final Stopwatch stopwatch;
  private volatile Optional<Stopwatch.Moment> renewed = Optional.empty();
  private volatile boolean needed = true;

  Fence(Stopwatch stopwatch) {
    this.stopwatch = stopwatch;
  }

  /** Nobody else reconciles: no lease is needed. */
  void remove() {
    needed = false;
  }

  /** The lease is ours by a request that was sent at this moment. */
  void renewed(Stopwatch.Moment sent) {
    renewed = Optional.of(sent);
  }

  /** The lease is not ours any more. */
  void close() {
    renewed = Optional.empty();
  }

  /** Whether writes pass. */
  boolean open() {
    return !needed
        || renewed.filter(it -> stopwatch.atMostSince(it).compareTo(TRUST) < 0).isPresent();
  }

  @Override
  public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
    switch (request.method()) {
      case "GET", "HEAD" -> {}
      default -> {
        if (!open()) {
          throw new Closed(request.method() + " " + request.uri().getPath());
        }
      }
    }
  }

  /** A write was held back. Whoever leads, this process again or another, does the work anew. */
  static final class Closed extends OperatorException {
    private static final long serialVersionUID = 1L;

    Closed(String request) {
      super("not sent, as the lease is not surely ours: " + request);
    }

    /** What ended an attempt, if it was this, wrapped or not. */
    static Optional<Closed> in(Throwable failure) {
      return Stream.iterate(failure, it -> it != null, Throwable::getCause)
          .filter(Closed.class::isInstance)
          .map(Closed.class::cast)
          .findFirst();
    }
  }
}
