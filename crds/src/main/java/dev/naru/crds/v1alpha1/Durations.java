package dev.naru.crds.v1alpha1;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;

/** Go's way to write durations, restricted to whole hours, minutes and seconds in that order. */
public final class Durations {

  /** What the CRDs accept, e.g. {@code 1h30m}. */
  public static final String PATTERN =
      "^([0-9]{1,6}h([0-9]{1,6}m)?([0-9]{1,6}s)?|[0-9]{1,6}m([0-9]{1,6}s)?|[0-9]{1,6}s)$";

  private Durations() {}

  /**
   * Reads {@code 1h30m}.
   *
   * @throws IllegalArgumentException when the text is not of that form
   */
  public static Duration parse(String text) {
    if (!text.matches(PATTERN)) {
      throw new IllegalArgumentException(
          "'" + text + "' is no duration: write hours, minutes and seconds such as 1h30m or 45s");
    }
    try {
      return Duration.parse("PT" + text.toUpperCase(Locale.ROOT));
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException("'" + text + "' is no duration", e);
    }
  }
}
