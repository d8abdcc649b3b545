package dev.naru.operator.status;

import static dev.naru.crds.v1alpha1.ConditionTypes.READY;
import static dev.naru.crds.v1alpha1.ConditionTypes.RECONCILING;
import static dev.naru.crds.v1alpha1.ConditionTypes.STALLED;

import dev.naru.crds.v1alpha1.Condition;
import dev.naru.crds.v1alpha1.ConditionStatus;
import java.time.Duration;
import java.util.Optional;

/**
 * Turns an outcome into Ready, Reconciling and Stalled as kstatus reads them: Reconciling and
 * Stalled are present only when True, and Ready=False without Stalled means "not yet".
 */
public final class Readiness {

  /** A missing dependency is waited for this long before a person is called. */
  public static final Duration PATIENCE = Duration.ofMinutes(5);

  private Readiness() {}

  /**
   * Sets the three conditions.
   *
   * @return when the picture changes by time alone; empty when it does not
   */
  public static Optional<Duration> report(Conditions conditions, Outcome outcome) {
    return report(conditions, outcome, false);
  }

  /**
   * As {@link #report(Conditions, Outcome)}.
   *
   * @param works whether what was realised before still does its work: it is Ready then, whatever
   *     became of the newer declaration
   */
  public static Optional<Duration> report(Conditions conditions, Outcome outcome, boolean works) {
    var otherwise = works ? ConditionStatus.TRUE : ConditionStatus.FALSE;
    return switch (outcome) {
      case Outcome.Done done -> {
        conditions.set(READY, ConditionStatus.TRUE, done.reason(), done.message());
        conditions.drop(RECONCILING).drop(STALLED);
        yield Optional.empty();
      }
      case Outcome.Fail fail -> {
        stalled(conditions, fail, otherwise);
        yield Optional.empty();
      }
      case Outcome.Wait wait -> {
        var left = patienceLeft(conditions, wait);
        if (left.isPresent() && !left.get().isPositive()) {
          stalled(conditions, wait, otherwise);
          yield Optional.empty();
        }
        conditions.set(READY, otherwise, wait.reason(), wait.message());
        conditions.set(RECONCILING, ConditionStatus.TRUE, wait.reason(), wait.message());
        conditions.drop(STALLED);
        yield left;
      }
    };
  }

  private static void stalled(Conditions conditions, Outcome outcome, ConditionStatus ready) {
    conditions.set(READY, ready, outcome.reason(), outcome.message());
    conditions.set(STALLED, ConditionStatus.TRUE, outcome.reason(), outcome.message());
    conditions.drop(RECONCILING);
  }

  private static Optional<Duration> patienceLeft(Conditions conditions, Outcome.Wait wait) {
    if (wait.patient()) {
      return Optional.empty();
    }
    if (conditions.get(STALLED).filter(it -> sameWait(it, conditions, wait)).isPresent()) {
      return Optional.of(Duration.ZERO);
    }
    return conditions
        .get(RECONCILING)
        .filter(it -> sameWait(it, conditions, wait))
        .map(it -> PATIENCE.minus(Duration.between(it.lastTransitionTime(), conditions.now())))
        .or(() -> Optional.of(PATIENCE));
  }

  private static boolean sameWait(Condition condition, Conditions conditions, Outcome.Wait wait) {
    return condition.reason().equals(wait.reason())
        && condition.observedGeneration() != null
        && condition.observedGeneration() == conditions.generation();
  }
}
