package dev.naru.operator.mart;

import dev.naru.bigquery.mart.Check;
import java.util.List;

/** How the work on a table of a run ended. */
sealed interface TableEnd {

  /** Checks that did not pass, those that only warn included. */
  default List<Broken> broken() {
    return List.of();
  }

  /** A check that did not pass. */
  record Broken(String table, Check.Result result, boolean warns) {}

  /** Built and checked; it may be published, or is. */
  record Passed(List<Broken> broken) implements TableEnd {
    public Passed {
      broken = List.copyOf(broken);
    }
  }

  /**
   * It cannot be published.
   *
   * @param message what is wrong, where, what to do
   */
  record Failed(String reason, String message, List<Broken> broken) implements TableEnd {
    public Failed {
      broken = List.copyOf(broken);
    }
  }

  /** A parent failed. */
  record Skipped(String parent) implements TableEnd {}

  /** The run was told to stop, or its time was over. */
  record Stopped() implements TableEnd {}
}
