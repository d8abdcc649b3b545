package dev.naru.operator.mart;

import dev.naru.bigquery.mart.Check;
import dev.naru.bigquery.mart.Window;
import dev.naru.crds.v1alpha1.DataMartTable;
import dev.naru.crds.v1alpha1.MartTableStatus;
import java.util.Optional;

/**
 * What the last publish of a table wrote. Pure.
 *
 * @param hours of its window; empty when runs build all rows, or it is not known
 */
record RowsBefore(long rows, Optional<Integer> hours) {

  static Optional<RowsBefore> of(MartTableStatus last) {
    return Optional.ofNullable(last.rows())
        .map(it -> new RowsBefore(it, Optional.ofNullable(last.windowHours())));
  }

  /**
   * How many rows a window may have: like is compared with like. A longer window has no fewer rows,
   * a shorter one no more; else a mart whose first run built years would never pass again. Once a
   * longer window is complete, its rows grow with it.
   */
  Optional<Check.Change> change(int percent, DataMartTable table, Window window) {
    var now = MartWindows.hours(table, window);
    if (rows == 0 || now.isPresent() != hours.isPresent()) {
      return Optional.empty();
    }
    if (now.equals(hours)) {
      return Optional.of(new Check.Change(percent, rows, Optional.of(rows), Optional.of(rows)));
    }
    if (now.orElseThrow() < hours.orElseThrow()) {
      return Optional.of(new Check.Change(percent, rows, Optional.empty(), Optional.of(rows)));
    }
    var grown = Math.ceilDiv(Math.multiplyExact(rows, (long) now.get()), (long) hours.get());
    return Optional.of(
        new Check.Change(
            percent,
            rows,
            Optional.of(rows),
            Optional.of(grown).filter(_ -> MartWindows.complete(table, window))));
  }
}
