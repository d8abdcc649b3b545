package dev.naru.bigquery;

/**
 * Why a run failed: one value of a closed enum, shown as the reason of a condition. Each side has
 * its own enum: {@link WarehouseReason} here, one for sources in the worker.
 */
public interface FailureReason {

  /** The reason in CamelCase, as conditions and the ledger carry it. */
  String code();
}
