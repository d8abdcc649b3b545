package dev.naru.operator.status;

/**
 * Reasons of Events about what happened once. A change of Ready is told by an Event too, with the
 * reason that the condition then has.
 */
public enum EventReason {
  /** A run that was asked for by annotation has started. */
  RUN_REQUESTED("RunRequested"),
  /** A run published its rows, or found that an attempt before it had. */
  RUN_SUCCEEDED("RunSucceeded"),
  /** A run ended without publishing; the message is the one of RunHealthy. */
  RUN_FAILED("RunFailed"),
  /** A run was stopped by request before it published. */
  RUN_CANCELLED("RunCancelled"),
  /** A run was told to stop. */
  CANCELLING("Cancelling"),
  /** A cancellation was asked for while nothing ran. */
  NOTHING_TO_CANCEL("NothingToCancel"),
  /** Somebody changed or deleted a child; it is as declared again. */
  REPAIRED("Repaired"),
  /** The tables of a deleted DataMart are gone, as spec.deletionPolicy says. */
  TABLES_DELETED("TablesDeleted"),
  /** The tables of a deleted DataMart could not be deleted and stay in BigQuery. */
  TABLES_KEPT("TablesKept");

  private final String code;

  EventReason(String code) {
    this.code = code;
  }

  /** The reason as Events carry it. */
  public String code() {
    return code;
  }
}
