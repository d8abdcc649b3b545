package dev.naru.operator.schedule;

import com.cronutils.model.definition.CronDefinition;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
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

  private final ExecutionTime times;
  private final ZoneId zone;

  private Cron(ExecutionTime times, ZoneId zone) {
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
          ExecutionTime.forCron(new CronParser(KUBERNETES).parse(expression.strip())), zone);
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
    return times.nextExecution(now.atZone(zone)).map(java.time.ZonedDateTime::toInstant);
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
