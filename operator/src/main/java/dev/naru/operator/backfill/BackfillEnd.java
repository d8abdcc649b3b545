package dev.naru.operator.backfill;

import dev.naru.crds.v1alpha1.RunOutcome;
import java.util.Optional;

/**
 * How a go at a Backfill ended.
 *
 * @param result empty when it was only interrupted and goes on later
 */
record BackfillEnd(Optional<RunOutcome> result, String reason, String message) {

  static BackfillEnd interrupted() {
    return new BackfillEnd(Optional.empty(), "", "");
  }

  static BackfillEnd failed(String reason, String message) {
    return new BackfillEnd(Optional.of(RunOutcome.FAILED), reason, message);
  }
}
