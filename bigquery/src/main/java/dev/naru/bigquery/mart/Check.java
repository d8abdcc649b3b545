package dev.naru.bigquery.mart;

import dev.naru.bigquery.TableId;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/** A rule that the rows of a candidate must keep. */
public sealed interface Check {

  /** Unique within its table. */
  String name();

  /** No value is NULL. */
  record NotNull(String name, List<String> columns) implements Check {}

  /** No two rows have the same values; NULL equals NULL. */
  record Unique(String name, List<String> columns) implements Check {}

  /** Every value is one of these, compared as text; NULL passes. */
  record Accepted(String name, String column, List<String> values) implements Check {}

  /**
   * Every value lies within the bounds, both inclusive; NULL passes.
   *
   * @param min a literal that casts to the column's type, e.g. {@code 0} or {@code 2026-01-01}
   */
  record Range(String name, String column, Optional<String> min, Optional<String> max)
      implements Check {}

  /**
   * So many rows.
   *
   * @param change how the count may differ from that of the last publish
   */
  record Rows(String name, Optional<Long> min, Optional<Long> max, Optional<Change> change)
      implements Check {}

  /**
   * A change of a count.
   *
   * @param before the count of the last publish
   * @param least of what the count may lie below by that many percent; empty when nothing follows
   *     from a longer window before
   * @param most of what it may lie above; empty when nothing follows from a shorter window before
   */
  record Change(int percent, long before, Optional<Long> least, Optional<Long> most) {}

  /**
   * The newest value of a column is at most that old at {@code now}.
   *
   * @param zone in which a DATE or DATETIME is meant
   */
  record Freshness(String name, String column, Duration maxAge, Instant now, ZoneId zone)
      implements Check {}

  /** Every combination of values that is not NULL exists in another table. */
  record Relationship(String name, List<String> columns, TableId other, List<String> otherColumns)
      implements Check {}

  /**
   * Of the rows with one key, one is the newest: a Merge publishes that one.
   *
   * @param orderBy columns whose greatest values make a row the newest; without any, rows of one
   *     key must be equal
   */
  record OneNewest(String name, List<String> key, List<String> orderBy) implements Check {}

  /**
   * A query that answers the rows at fault.
   *
   * @param violations names the candidate wherever the author named the table
   */
  record Query(String name, Statement violations) implements Check {}

  /** What a check found. */
  sealed interface Result {

    /** Its check's. */
    String name();

    /** The rule is kept. */
    record Passed(String name) implements Result {}

    /**
     * The rule is broken.
     *
     * @param failing how many rows, or values, or 1
     * @param found what, for people, e.g. {@code 3 rows are NULL in car_id}
     * @param query a complete statement that shows the rows at fault, at most 100
     */
    record Failed(String name, long failing, String found, String query) implements Result {}

    /** The check could not be made: it did neither pass nor fail. */
    record Broken(String name, String why) implements Result {}
  }
}
