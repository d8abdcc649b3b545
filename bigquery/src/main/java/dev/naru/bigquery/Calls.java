package dev.naru.bigquery;

import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one retry layer: every request to Google goes through {@link #run}. Repeating is safe because
 * callers name what they create (job ids, table names, generations) and read {@code DUPLICATE} or
 * {@code PRECONDITION} as "perhaps it was me".
 */
final class Calls {

  private static final Logger LOG = LoggerFactory.getLogger(Calls.class);

  private final Patience patience;
  private final CallObserver observer;

  Calls(Patience patience, CallObserver observer) {
    this.patience = patience;
    this.observer = observer;
  }

  /** One request; built anew for each attempt. */
  @FunctionalInterface
  interface Call<T> {
    T send() throws IOException;
  }

  Patience patience() {
    return patience;
  }

  /**
   * Sends until there is an answer that a repeat would not change.
   *
   * @param what the operation and its object, for logs and messages, e.g. {@code jobs.insert x}
   * @throws ApiException with that answer, when it is an error
   * @throws RetryableFailure when there is none in time
   */
  <T> T run(String what, Call<T> call) {
    var giveUp = patience.clock().instant().plus(patience.unanswered());
    for (var attempt = 0; ; attempt++) {
      try {
        var answer = call.send();
        observer.answered(method(what), "ok");
        return answer;
      } catch (IOException e) {
        var error = ApiError.of(e);
        observer.answered(method(what), error.kind().name().toLowerCase(Locale.ROOT));
        var wait =
            switch (error.kind()) {
              case UNKNOWN_OUTCOME, THROTTLED -> patience.delay(attempt);
              case QUOTA -> patience.quotaDelay();
              case ATTEMPT_FAILED,
                  NOT_FOUND,
                  DUPLICATE,
                  PRECONDITION,
                  ACCESS_DENIED,
                  UNAUTHENTICATED,
                  REFUSED ->
                  throw new ApiException(error, e);
            };
        var until = error.kind() == ApiError.Kind.QUOTA ? patience.deadline() : giveUp;
        if (!patience.allows(wait, until)) {
          throw FailureTexts.gaveUp(what, attempt + 1, error, e);
        }
        LOG.atWarn()
            .addKeyValue("call", what)
            .addKeyValue("attempt", attempt + 1)
            .addKeyValue("waitMillis", wait.toMillis())
            .addKeyValue("error", error)
            .log("request is sent again");
        patience.sleep(wait);
      }
    }
  }

  /** One request that is not repeated; empty when there is no answer, or one that is an error. */
  <T> Optional<T> once(String what, Call<T> call) {
    try {
      var answer = call.send();
      observer.answered(method(what), "ok");
      return Optional.ofNullable(answer);
    } catch (IOException e) {
      observer.answered(method(what), ApiError.of(e).kind().name().toLowerCase(Locale.ROOT));
      return Optional.empty();
    }
  }

  private static String method(String what) {
    var end = what.indexOf(' ');
    return end < 0 ? what : what.substring(0, end);
  }
}
