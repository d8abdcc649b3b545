package dev.naru.operator.model.rollout;

/** What a person may ask of a rollout. */
public enum RolloutRequest {
  /** Stay at this step. */
  HOLD,
  /** Take the next step now, whatever interval, analysis and inputs say. */
  CONTINUE,
  /** Give all requests to the stable revision. */
  ROLL_BACK
}
