package dev.naru.operator.model.rollout;

import java.time.Duration;
import java.util.Optional;

/**
 * Judges a canary by what its pods have answered, beside what the stable revision's have. Pure.
 *
 * <p>A limit that both break is no fault of the canary: what both depend on is slow or broken, and
 * nothing is decided until that is over.
 */
public final class Analysis {

  /** With fewer requests the stable revision proves nothing. */
  private static final long FEWEST_OF_STABLE = 20;

  private Analysis() {}

  /** Judges by what has come since the step began. */
  public static AnalysisVerdict judge(AnalysisLimits limits, Measures canary, Measures stable) {
    if (tooManyErrors(limits, canary)) {
      return broken(
          "more of its requests fail than maxErrorPercent: %s allows"
              .formatted(number(limits.maxErrorPercent())),
          " (%.0f of %.0f)".formatted(canary.errors(), canary.requests()),
          judged(stable) && stable.errorPercent() > limits.maxErrorPercent());
    }
    if (canary.requests() < limits.minRequests()) {
      return new AnalysisVerdict.Undecided(
          "it has not answered minRequests: %d yet".formatted(limits.minRequests()));
    }
    return limits
        .maxP99()
        .flatMap(it -> slow(it, canary, stable))
        .orElseGet(AnalysisVerdict.Passing::new);
  }

  /** Also before there are enough requests, once the missing ones could not make up for it. */
  private static boolean tooManyErrors(AnalysisLimits limits, Measures canary) {
    var requests = Math.max(canary.requests(), (double) limits.minRequests());
    return canary.errors() * 100 > limits.maxErrorPercent() * requests;
  }

  private static Optional<AnalysisVerdict> slow(Duration limit, Measures canary, Measures stable) {
    if (canary.seconds().count() == 0) {
      return Optional.of(
          new AnalysisVerdict.Undecided(
              "maxP99 needs a histogram, and its pods show none: see the metrics in docs/models.md"));
    }
    var seconds = limit.toNanos() / 1e9;
    if (canary.p99() <= seconds) {
      return Optional.empty();
    }
    return Optional.of(
        broken(
            "more than 1 of 100 of its requests take longer than maxP99: " + text(limit),
            " (p99 %.0f ms)".formatted(canary.p99() * 1000),
            judged(stable) && stable.p99() > seconds));
  }

  /** Figures change with every request: they stand only where something is decided by them. */
  private static AnalysisVerdict broken(String what, String figures, boolean stableToo) {
    return stableToo
        ? new AnalysisVerdict.Undecided(
            what + ", but so do those of the stable revision: mend what both depend on")
        : new AnalysisVerdict.Failing(what + figures);
  }

  private static boolean judged(Measures stable) {
    return stable.requests() >= FEWEST_OF_STABLE;
  }

  private static String number(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }

  private static String text(Duration limit) {
    return limit.toMillis() % 1000 == 0 ? limit.toSeconds() + "s" : limit.toMillis() + "ms";
  }
}
