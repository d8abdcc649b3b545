package dev.naru.operator.model.rollout;

import dev.naru.operator.status.Outcome;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * What becomes of a rollout in a reconcile.
 *
 * @param next what to remember, before anything is done
 * @param rollOut whether what is declared replaces what is rolled out
 * @param share what the route is to give to a canary; empty when it gets nothing
 * @param given percent that the stored route gives to the revision of {@code next}
 * @param takesAway whether the stored route gives any canary more than it is to get
 * @param keep canaries whose pods stay; all others get no requests any more
 * @param outcome what the rollout makes of the service; empty when its pods decide
 * @param lookAgain when time alone changes the picture
 */
public record RolloutDecision(
    Rollout next,
    boolean rollOut,
    Optional<Share> share,
    int given,
    boolean takesAway,
    Set<String> keep,
    Optional<Outcome> outcome,
    Optional<Duration> lookAgain) {

  public RolloutDecision {
    keep = Set.copyOf(keep);
  }

  /** Percent that the revision of {@code next} gets. */
  int percent() {
    return share.map(Share::percent).orElse(0);
  }

  /** Whether a canary gets more than the stored route gives it. */
  public boolean gives() {
    return percent() > given;
  }

  /**
   * A canary's part of the requests.
   *
   * @param percent 1 to 100; what is rolled out answers the others
   */
  public record Share(String revision, int percent) {}
}
