package dev.naru.sql;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** What the analyzer says of a statement. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "answer")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Answer.Known.class, name = "known"),
  @JsonSubTypes.Type(value = Answer.Refused.class, name = "refused"),
  @JsonSubTypes.Type(value = Answer.Unknown.class, name = "unknown")
})
public sealed interface Answer<T> {

  /** The statement is valid. */
  record Known<T>(T value) implements Answer<T> {}

  /** The statement cannot run, and this is why. */
  record Refused<T>(SqlProblem problem) implements Answer<T> {}

  /**
   * Nothing is known; BigQuery's own dry run decides.
   *
   * @param why for a condition's message; the same words for the same cause
   */
  record Unknown<T>(Cause cause, String why) implements Answer<T> {}

  /** Why nothing is known. */
  enum Cause {
    /** None is configured: the answer stays the same however often it is asked for. */
    NONE,
    /** It does not run at this moment. */
    ABSENT,
    /** It has too much to do at this moment. */
    BUSY,
    /** It did not answer in time. */
    LATE,
    /** It failed or ended over this statement. */
    FAILED,
    /**
     * The statement is larger than what is looked at, or uses what only BigQuery knows: the answer
     * stays the same however often it is asked for.
     */
    BEYOND;

    /** Whether the analyzer itself said nothing of the statement. */
    public boolean silent() {
      return this != BEYOND;
    }

    /** Whether it is worth asking again soon. */
    public boolean passes() {
      return switch (this) {
        case ABSENT, BUSY, LATE -> true;
        case NONE, FAILED, BEYOND -> false;
      };
    }
  }
}
