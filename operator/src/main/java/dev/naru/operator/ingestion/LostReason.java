package dev.naru.operator.ingestion;

import java.util.Arrays;

/**
 * Reasons of RunHealthy for a run that ended without a word from its worker: what the Job's last
 * condition says is all there is. Kubernetes may say more than we know.
 */
enum LostReason {
  /** Neither the pod's message nor the ledger tells how the run ended. */
  RESULT_LOST("ResultLost"),
  /** The run was stopped at spec.timeout. */
  DEADLINE_EXCEEDED("DeadlineExceeded"),
  /** Every attempt ended without saying why, as when pods are killed for their memory. */
  BACKOFF_LIMIT_EXCEEDED("BackoffLimitExceeded"),
  /** The worker cannot read what the operator wrote: the two are of different releases. */
  POD_FAILURE_POLICY("PodFailurePolicy");

  private final String code;

  LostReason(String code) {
    this.code = code;
  }

  /** The reason as RunHealthy carries it. */
  String code() {
    return code;
  }

  /** What a Job's condition says; anything we do not know counts as lost. */
  static LostReason of(String cause) {
    return Arrays.stream(values())
        .filter(it -> it.code.equals(cause))
        .findFirst()
        .orElse(RESULT_LOST);
  }
}
