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

  /** IngestionJob and DataMart: whether the last run succeeded. */
  public static final String RUN_HEALTHY = "RunHealthy";

  /** DataMart: whether the checks of the last run passed, those of severity Warn included. */
  public static final String CHECKS_PASSING = "ChecksPassing";

  /** DataMart: whether the last run kept within {@code spec.limits}. */
  public static final String WITHIN_BUDGET = "WithinBudget";

  /** DataMart: whether a due run got the data it reads within {@code spec.upstream.deadline}. */
  public static final String FRESH = "Fresh";

  /** DataMart: whether the SQL could be analysed before anything is billed. */
  public static final String SQL_ANALYZED = "SqlAnalyzed";

  /** ModelService: whether the data it reads is within {@code spec.inputs[].maxStaleness}. */
  public static final String INPUTS_FRESH = "InputsFresh";

  /** Data health that {@code spec.degradeOn} declared to count; Argo CD shows it as Degraded. */
  public static final String DEGRADED = "Degraded";

  private ConditionTypes() {}
}
