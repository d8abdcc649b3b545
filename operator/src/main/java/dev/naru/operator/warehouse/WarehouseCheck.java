package dev.naru.operator.warehouse;

import dev.naru.runfile.Warehouse;

/** One read-only look at BigQuery and bucket, as the warehouse's account. */
@FunctionalInterface
public interface WarehouseCheck {

  /** Looks. Never throws: what went wrong is an answer. */
  Answer look(Warehouse warehouse);

  /** What was seen. */
  sealed interface Answer {

    /** Both answered and would let us in. */
    record Usable() implements Answer {}

    /** No answer, or one that passes by itself. */
    record Unreachable(String reason, String message) implements Answer {}

    /** Refused: a person must act. */
    record Refused(String reason, String message) implements Answer {}
  }
}
