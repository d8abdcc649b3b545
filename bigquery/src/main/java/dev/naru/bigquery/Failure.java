package dev.naru.bigquery;

/**
 * A failure whose message is written for people: what is wrong, where, what is allowed, what to do
 * next. It carries no secret and no row data.
 */
public abstract sealed class Failure extends RuntimeException
    permits ActionNeededFailure, RetryableFailure {

  private static final long serialVersionUID = 1;

  private final transient FailureReason reason;

  Failure(FailureReason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** Why, as a value of a closed set. */
  public FailureReason reason() {
    return reason;
  }
}
