package dev.naru.crds.v1alpha1;

/**
 * Annotation keys. A request is made by writing a new token; status tells which one was handled.
 */
public final class Annotations {

  /**
   * IngestionJob, DataMart: run now. Backfill: build again what is not done. Connection, Warehouse:
   * look again now.
   */
  public static final String RUN_REQUESTED_AT = "naru.dev/run-requested-at";

  /** IngestionJob: run now and load everything again. */
  public static final String FULL_REFRESH_REQUESTED_AT = "naru.dev/full-refresh-requested-at";

  /** IngestionJob, DataMart, Backfill: cancel the run that is going on. */
  public static final String CANCEL_REQUESTED_AT = "naru.dev/cancel-requested-at";

  /** ModelService: stay at this step of the rollout. */
  public static final String HOLD_REQUESTED_AT = "naru.dev/hold-requested-at";

  /** ModelService: take the next step of the rollout now; try again what was rolled back. */
  public static final String CONTINUE_REQUESTED_AT = "naru.dev/continue-requested-at";

  /** ModelService: give no more requests to the new revision. */
  public static final String ROLLBACK_REQUESTED_AT = "naru.dev/rollback-requested-at";

  /** On Jobs and pods of requested runs: which request, {@code Run} or {@code FullRefresh}. */
  public static final String RUN_REQUEST = "naru.dev/run-request";

  /** On Jobs and pods of requested runs: the token of the request. */
  public static final String REQUEST_TOKEN = "naru.dev/request-token";

  private Annotations() {}
}
