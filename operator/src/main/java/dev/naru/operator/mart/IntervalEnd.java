package dev.naru.operator.mart;

import dev.naru.bigquery.TableId;
import dev.naru.crds.v1alpha1.RunOutcome;
import java.util.List;

/**
 * How the work on an interval ended.
 *
 * @param result never Running
 * @param staged what is not needed any more once it was written down that the interval is done
 */
public record IntervalEnd(
    RunOutcome result, String reason, String message, long rows, long bytes, List<TableId> staged) {

  public IntervalEnd {
    staged = List.copyOf(staged);
  }
}
