package dev.naru.operator.model;

/** Reasons of a ModelService's conditions that no other kind has; part of the API. */
public enum ModelReason {
  /** Ready: the declared revision answers. */
  SERVING("Serving"),
  /**
   * Ready: the declared revision waits for data that is older than spec.inputs allows. Reconciling:
   * the next step of a rollout waits for that, or for a person who has asked to hold it.
   */
  ROLLOUT_HELD("RolloutHeld"),
  /** Reconciling: pods of the declared revision are starting, or take their share of requests. */
  ROLLING_OUT("RollingOut"),
  /** Reconciling, then Stalled: no Gateway has taken the route of a rollout by steps. */
  ROUTE_NOT_ACCEPTED("RouteNotAccepted"),
  /** Stalled: the declared revision failed and was taken back; the one before it answers. */
  ROLLED_BACK("RolledBack"),
  /** Stalled: the declared revision failed and keeps its share until somebody decides. */
  CANARY_FAILED("CanaryFailed"),
  /** Stalled: spec.rollout needs the Gateway API, which the cluster does not have. */
  GATEWAY_API_MISSING("GatewayApiMissing"),
  /** Stalled: the declared revision did not become ready in time, and no pod says why. */
  PROGRESS_DEADLINE_EXCEEDED("ProgressDeadlineExceeded"),
  /** Reconciling, then Stalled: the image cannot be pulled. */
  IMAGE_PULL_FAILED("ImagePullFailed"),
  /** Stalled: there is nothing under spec.model.uri. */
  MODEL_NOT_FOUND("ModelNotFound"),
  /** Stalled: the pods' identity may not read spec.model.uri. */
  MODEL_ACCESS_DENIED("ModelAccessDenied"),
  /** Stalled: what is under spec.model.uri is not what spec.model.checksum names. */
  MODEL_CHECKSUM_MISMATCH("ModelChecksumMismatch"),
  /** Stalled: the model does not fit on the node's disk. */
  MODEL_TOO_LARGE_FOR_DISK("ModelTooLargeForDisk"),
  /** Reconciling, then Stalled: the model cannot be fetched for another reason. */
  MODEL_FETCH_FAILED("ModelFetchFailed"),
  /** Stalled: the image wants to run as root. */
  IMAGE_RUNS_AS_ROOT("ImageRunsAsRoot"),
  /** Reconciling, then Stalled: a probe fails; the message has its last answer. */
  PROBE_FAILING("ProbeFailing"),
  /** Reconciling, then Stalled: the container was killed because it used more than its limit. */
  OUT_OF_MEMORY("OutOfMemory"),
  /** Reconciling, then Stalled: the container ends; the message has its last lines. */
  CRASHING("Crashing"),
  /** Reconciling, then Stalled: no node takes the pod; the message says what is missing. */
  UNSCHEDULABLE("Unschedulable"),
  /** Stalled: a ResourceQuota of the namespace does not allow another pod. */
  QUOTA_EXCEEDED("QuotaExceeded"),
  /** Stalled: the API server, or a policy in it, refuses the pods. */
  POD_REFUSED("PodRefused"),
  /** InputsFresh: the data of all inputs is as young as spec.inputs asks. */
  INPUTS_YOUNG("Fresh"),
  /** InputsFresh: the data of an input is older than its maxStaleness. */
  INPUTS_STALE("Stale");

  private final String code;

  ModelReason(String code) {
    this.code = code;
  }

  /** The reason as conditions carry it. */
  public String code() {
    return code;
  }
}
