package dev.naru.operator.model.rollout;

/** What the metrics of a step tell about the canary. */
public sealed interface AnalysisVerdict {

  /** Enough requests, within all limits. */
  record Passing() implements AnalysisVerdict {}

  /** Nothing can be said yet. */
  record Undecided(String message) implements AnalysisVerdict {}

  /** Beyond a limit that the stable revision keeps. */
  record Failing(String message) implements AnalysisVerdict {}
}
