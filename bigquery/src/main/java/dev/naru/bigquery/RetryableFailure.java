package dev.naru.bigquery;

/** Another attempt may succeed without anybody acting: the Job's back-off decides when. */
public final class RetryableFailure extends Failure {

  private static final long serialVersionUID = 1;

  public RetryableFailure(FailureReason reason, String message) {
    this(reason, message, null);
  }

  public RetryableFailure(FailureReason reason, String message, Throwable cause) {
    super(reason, message, cause);
  }
}
