package dev.naru.operator.schedule;

import com.cronutils.model.definition.CronDefinition;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A five-field cron expression in a time zone, read as the CronJob controller reads it: day of week
 * 0 to 6 from Sunday or SUN to SAT, and either of day-of-month and day-of-week suffices when both
 * are restricted.
 */
public final class Cron {

  private static final CronDefinition KUBERNETES =
      CronDefinitionBuilder.defineCron()
          .withMinutes()
          .withValidRange(0, 59)
          .withStrictRange()
          .and()
          .withHours()
          .withValidRange(0, 23)
          .withStrictRange()
          .and()
          .withDayOfMonth()
          .supportsQuestionMark()
          .withValidRange(1, 31)
          .withStrictRange()
          .and()
          .withMonth()
          .withValidRange(1, 12)
          .withStrictRange()
          .and()
          .withDayOfWeek()
          .withMondayDoWValue(1)
          .supportsQuestionMark()
          .withValidRange(0, 6)
          .withStrictRange()
          .and()
          .instance();

  private static final int DAY_OF_MONTH = 2;
  private static final int DAY_OF_WEEK = 4;

  /** The firings are those of any of these. */
  private final List<ExecutionTime> times;

  private final ZoneId zone;

  private Cron(List<ExecutionTime> times, ZoneId zone) {
    this.times = times;
    this.zone = zone;
  }

  /**
   * Reads an expression.
   *
   * @throws InvalidSchedule when expression or zone cannot be read; it says which and why
   */
  public static Cron parse(String expression, String timeZone) {
    var zone = zone(timeZone);
    try {
      return new Cron(
          alternatives(expression.strip()).stream()
              .map(it -> ExecutionTime.forCron(new CronParser(KUBERNETES).parse(it)))
              .toList(),
          zone);
    } catch (IllegalArgumentException e) {
      throw new InvalidSchedule(
          "cron",
          "'%s' is no cron expression (%s): write five fields, minute hour day-of-month month"
                  .formatted(expression, e.getMessage())
              + " day-of-week, such as \"30 4 * * *\" for every day at 04:30",
          e);
    }
  }

  /** The first firing after {@code now}; empty when there is none, as on 30 February. */
  public Optional<Instant> next(Instant now) {
    return times.stream()
        .flatMap(it -> it.nextExecution(now.atZone(zone)).stream())
        .map(ZonedDateTime::toInstant)
        .min(Comparator.naturalOrder());
  }

  /** cron-utils wants both days to match; Kubernetes is content with either. */
  private static List<String> alternatives(String expression) {
    var fields = expression.split("\\s+", -1);
    if (fields.length != 5 || free(fields[DAY_OF_MONTH]) || free(fields[DAY_OF_WEEK])) {
      return List.of(expression);
    }
    return List.of(with(fields, DAY_OF_WEEK), with(fields, DAY_OF_MONTH));
  }

  /**
   * As in robfig/cron: a star anywhere in the list frees the field, a star with a step does not.
   */
  private static boolean free(String field) {
    return Arrays.stream(field.split(",", -1)).anyMatch(it -> it.matches("[*?](/1)?"));
  }

  private static String with(String[] fields, int freed) {
    var copy = fields.clone();
    copy[freed] = "*";
    return String.join(" ", copy);
  }

  private static ZoneId zone(String name) {
    try {
      return ZoneId.of(name);
    } catch (DateTimeException e) {
      throw new InvalidSchedule(
          "timeZone",
          "'%s' is no time zone: write an IANA name such as Asia/Seoul or UTC".formatted(name),
          e);
    }
  }

  /** Why a schedule cannot be read. */
  public static final class InvalidSchedule extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String field;

    InvalidSchedule(String field, String message, Throwable cause) {
      super(message, cause);
      this.field = field;
    }

    /** The field within {@code spec.schedule}. */
    public String field() {
      return field;
    }
  }
}
