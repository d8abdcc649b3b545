package dev.naru.crds.v1alpha1;

/** Types of conditions. Spec health and data health are told apart: see each type. */
public final class ConditionTypes {

  /** Every kind, always present: the spec is realised and schedulable. */
  public static final String READY = "Ready";

  /** Present only when True: the operator is still on its way to Ready. */
  public static final String RECONCILING = "Reconciling";

  /** Present only when True: a person must act before Ready can be reached. */
  public static final String STALLED = "Stalled";

  /** Connection: whether the last probe could open a session. Never touches Ready of its jobs. */
  public static final String REACHABLE = "Reachable";

  /** IngestionJob: whether the last run succeeded. */
  public static final String RUN_HEALTHY = "RunHealthy";

  /** Data health that {@code spec.degradeOn} declared to count; Argo CD shows it as Degraded. */
  public static final String DEGRADED = "Degraded";

  private ConditionTypes() {}
}
