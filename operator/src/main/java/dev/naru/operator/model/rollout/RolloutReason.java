package dev.naru.operator.model.rollout;

/** Reasons that a ModelService has by its rollout. */
public enum RolloutReason {
  /** Reconciling: a new revision takes its share of the requests step by step. */
  ROLLING_OUT("RollingOut"),
  /** Reconciling: the next step waits for somebody, or for younger data. */
  ROLLOUT_HELD("RolloutHeld"),
  /** Reconciling, then Stalled: no Gateway has taken the route. */
  ROUTE_NOT_ACCEPTED("RouteNotAccepted"),
  /** Stalled: the new revision failed and was taken back; the old one serves. */
  ROLLED_BACK("RolledBack"),
  /** Stalled: the new revision failed and keeps its share until somebody decides. */
  CANARY_FAILED("CanaryFailed"),
  /** Stalled: spec.rollout needs the Gateway API, which the cluster does not have. */
  GATEWAY_API_MISSING("GatewayApiMissing");

  private final String code;

  RolloutReason(String code) {
    this.code = code;
  }

  /** The reason as conditions carry it. */
  public String code() {
    return code;
  }
}
