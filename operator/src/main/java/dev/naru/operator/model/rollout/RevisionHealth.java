package dev.naru.operator.model.rollout;

/** How the pods of a revision are. */
public sealed interface RevisionHealth {

  /** Every pod that is wanted is ready. */
  record Ready() implements RevisionHealth {}

  /** Some pods are ready. */
  record Degraded() implements RevisionHealth {}

  /**
   * None is ready yet.
   *
   * @param why for people; empty when nothing is known
   */
  record Starting(String why) implements RevisionHealth {}

  /**
   * It will not become ready by itself.
   *
   * @param why for people
   */
  record Broken(String why) implements RevisionHealth {}

  /** Whether requests that are sent there are answered. */
  default boolean serves() {
    return switch (this) {
      case Ready _, Degraded _ -> true;
      case Starting _, Broken _ -> false;
    };
  }
}
