package dev.naru.bigquery;

/** A person must act before another attempt can succeed: the worker exits with 10. */
public final class ActionNeededFailure extends Failure {

  private static final long serialVersionUID = 1;

  public ActionNeededFailure(FailureReason reason, String message) {
    this(reason, message, null);
  }

  public ActionNeededFailure(FailureReason reason, String message, Throwable cause) {
    super(reason, message, cause);
  }
}
