package dev.naru.bigquery.mart;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the value of a check means. Pure.
 *
 * @param asked the check that it answers
 */
record Verdict(CheckSql asked) {

  /** What the value means; empty for NULL. */
  Check.Result judge(Optional<String> value) {
    return switch (asked.check()) {
      case Check.NotNull c -> none(value, " rows are NULL in " + String.join(" or ", c.columns()));
      case Check.Unique c ->
          none(value, " values of (" + String.join(", ", c.columns()) + ") occur more than once");
      case Check.Accepted c ->
          none(value, " rows have a value of " + c.column() + " that is not accepted");
      case Check.Range c ->
          none(value, " rows have a value of " + c.column() + " out of range" + bounds(c));
      case Check.Relationship c ->
          none(
              value,
              " rows have a (" + String.join(", ", c.columns()) + ") that is not in " + c.other());
      case Check.Query _ -> none(value, " rows are answered by the query");
      case Check.OneNewest c -> none(value, " values of " + ambiguous(c));
      case Check.Rows c -> judge(c, number(value));
      case Check.Freshness c -> judge(c, value.map(Long::parseLong));
    };
  }

  private static String ambiguous(Check.OneNewest check) {
    var key = "(" + String.join(", ", check.key()) + ")";
    return check.orderBy().isEmpty()
        ? key
            + " have several rows that differ, and nothing says which is the newest: name the column that tells in materialization.merge.orderBy, or let the SQL answer one row for each"
        : key
            + " have several rows that differ and are equally new by %s: name another column in materialization.merge.orderBy, or let the SQL answer one row for each"
                .formatted(String.join(", ", check.orderBy()));
  }

  private static String bounds(Check.Range check) {
    return check.min().map(min -> ", at least " + min).orElse("")
        + check.max().map(max -> ", at most " + max).orElse("");
  }

  private static long number(Optional<String> value) {
    return value.map(Long::parseLong).orElse(0L);
  }

  private Check.Result none(Optional<String> value, String found) {
    var failing = number(value);
    return failing == 0
        ? new Check.Result.Passed(asked.check().name())
        : new Check.Result.Failed(asked.check().name(), failing, failing + found, asked.rows());
  }

  private Check.Result judge(Check.Rows limits, long count) {
    var wrong = new ArrayList<String>();
    limits.min().filter(min -> count < min).ifPresent(min -> wrong.add("at least " + min));
    limits.max().filter(max -> count > max).ifPresent(max -> wrong.add("at most " + max));
    limits.change().ifPresent(change -> wrong.addAll(changed(change, count)));
    return wrong.isEmpty()
        ? new Check.Result.Passed(asked.check().name())
        : new Check.Result.Failed(
            asked.check().name(),
            1,
            "%d rows; allowed: %s".formatted(count, String.join(", ", wrong)),
            asked.rows());
  }

  private static List<String> changed(Check.Change change, long count) {
    var few =
        change.least().filter(it -> (it - (double) count) * 100 > (double) change.percent() * it);
    var many =
        change.most().filter(it -> (count - (double) it) * 100 > (double) change.percent() * it);
    return few.isEmpty() && many.isEmpty()
        ? List.of()
        : List.of(
            "at most %d %% %s than the %d of the last run"
                .formatted(change.percent(), few.isPresent() ? "less" : "more", change.before()));
  }

  private Check.Result judge(Check.Freshness limit, Optional<Long> newestMicros) {
    if (newestMicros.isEmpty()) {
      return new Check.Result.Failed(
          asked.check().name(), 1, "no value in %s".formatted(limit.column()), asked.rows());
    }
    var newest = Instant.EPOCH.plus(newestMicros.get(), ChronoUnit.MICROS);
    var age = Duration.between(newest, limit.now());
    return age.compareTo(limit.maxAge()) <= 0
        ? new Check.Result.Passed(asked.check().name())
        : new Check.Result.Failed(
            asked.check().name(),
            1,
            "the newest value of %s is %s, %s before %s; allowed: %s"
                .formatted(limit.column(), newest, text(age), limit.now(), text(limit.maxAge())),
            asked.rows());
  }

  private static String text(Duration duration) {
    var hours = duration.toHours();
    return hours > 0
        ? "%d h %d min".formatted(hours, duration.toMinutesPart())
        : duration.toMinutes() + " min";
  }
}
