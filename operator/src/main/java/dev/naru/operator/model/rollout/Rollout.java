package dev.naru.operator.model.rollout;

import java.time.Instant;
import java.util.Optional;

/**
 * Where a rollout is: all that is remembered of it between two reconciles, kept in status. What is
 * rolled out is not remembered but seen, so that a lost status costs no more than the steps.
 */
public sealed interface Rollout {

  /** The revision that it is about; empty when all is rolled out. */
  default Optional<String> revision() {
    return switch (this) {
      case Settled _ -> Optional.empty();
      case Running it -> Optional.of(it.candidate());
      case Promoting(var candidate) -> Optional.of(candidate);
      case RolledBack(var candidate, _) -> Optional.of(candidate);
    };
  }

  /** The revision that has pods of its own beside those that are rolled out. */
  default Optional<String> canary() {
    return this instanceof RolledBack ? Optional.empty() : revision();
  }

  /** Whether what was decided has been done: pods are made, the routes give each its share. */
  default boolean done() {
    return switch (this) {
      case Settled _, Promoting _, RolledBack _ -> true;
      case Running it -> it.since().isPresent();
    };
  }

  /** What is remembered once what was decided has been done. */
  default Rollout done(Instant now) {
    return this instanceof Running running && !done() ? running.begun(now) : this;
  }

  /** What is declared is rolled out, or is just that. */
  record Settled() implements Rollout {}

  /**
   * What is declared takes a share of the requests beside what is rolled out.
   *
   * @param candidate the declared revision
   * @param step index of the step; {@link #STARTING} while the candidate has no share
   * @param since when the step began; empty while it is decided and not done, for a step counts
   *     from when the routes give its share
   * @param held why it goes on only when a person says so
   */
  record Running(String candidate, int step, Optional<Instant> since, Optional<Held> held)
      implements Rollout {

    /** The step before the first one. */
    public static final int STARTING = -1;

    static Running starting(String candidate) {
      return new Running(candidate, STARTING, Optional.empty(), Optional.empty());
    }

    Running at(int nextStep) {
      return new Running(candidate, nextStep, Optional.empty(), Optional.empty());
    }

    Running begun(Instant now) {
      return new Running(candidate, step, Optional.of(now), held);
    }

    Running holding(Held why) {
      return new Running(candidate, step, since, Optional.of(why));
    }
  }

  /** The candidate has proven itself: it is rolled out while its canary answers all requests. */
  record Promoting(String candidate) implements Rollout {}

  /**
   * The candidate was taken back; it is still what is declared.
   *
   * @param why for people
   */
  record RolledBack(String candidate, String why) implements Rollout {}

  /**
   * Why a rollout is held.
   *
   * @param failed whether the canary failed; otherwise somebody asked for it
   */
  record Held(boolean failed, String why) {}
}
