package dev.naru.operator.model.rollout;

/** Requests that were answered, how many of them with a fault of the server, and how fast. */
public record Measures(double requests, double errors, Histogram seconds) {

  public static final Measures NONE = new Measures(0, 0, Histogram.EMPTY);

  Measures plus(Measures other) {
    return new Measures(
        requests + other.requests, errors + other.errors, seconds.plus(other.seconds));
  }

  /** What has come since an earlier look at the same pod; all of it when it began anew since. */
  Measures since(Measures earlier) {
    return requests < earlier.requests
        ? this
        : new Measures(
            requests - earlier.requests,
            Math.max(0, errors - earlier.errors),
            seconds.since(earlier.seconds));
  }

  double errorPercent() {
    return requests == 0 ? 0 : 100 * errors / requests;
  }

  double p99() {
    return seconds.quantile(0.99);
  }
}
