package dev.naru.operator.model.rollout;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.BiFunction;

/**
 * Requests by the time they took.
 *
 * @param atMost how many took at most so many seconds, by that bound; the last bound is infinite
 */
public record Histogram(NavigableMap<Double, Double> atMost) {

  public static final Histogram EMPTY = new Histogram(new TreeMap<>());

  public Histogram {
    atMost = new TreeMap<>(atMost);
  }

  /** Both together. Bounds that one of them does not have are left out: nothing is known there. */
  Histogram plus(Histogram other) {
    if (atMost.isEmpty() || other.atMost.isEmpty()) {
      return atMost.isEmpty() ? other : this;
    }
    return combined(other, Double::sum);
  }

  /** What has come since an earlier look at the same process. */
  Histogram since(Histogram earlier) {
    return earlier.atMost.isEmpty()
        ? this
        : combined(earlier, (now, before) -> Math.max(0, now - before));
  }

  private Histogram combined(Histogram other, BiFunction<Double, Double, Double> how) {
    var both = new TreeMap<Double, Double>();
    atMost.forEach(
        (bound, count) -> {
          var others = other.atMost.get(bound);
          if (others != null) {
            both.put(bound, how.apply(count, others));
          }
        });
    return new Histogram(both);
  }

  double count() {
    return atMost.isEmpty() ? 0 : atMost.lastEntry().getValue();
  }

  /**
   * The seconds within which a share of the requests was answered, evenly spread within a bucket as
   * Prometheus has it. In the last bucket it is a little more than the last finite bound, which is
   * all that is known of it; without requests it is 0.
   */
  double quantile(double share) {
    var wanted = share * count();
    var lower = 0.0;
    var below = 0.0;
    for (Map.Entry<Double, Double> bucket : atMost.entrySet()) {
      var count = bucket.getValue();
      if (count >= wanted && count > below) {
        return bucket.getKey().isInfinite()
            ? Math.nextUp(lower)
            : lower + (bucket.getKey() - lower) * (wanted - below) / (count - below);
      }
      lower = bucket.getKey();
      below = count;
    }
    return 0;
  }
}
