package dev.naru.bigquery;

/**
 * An answer that the retry layer does not deal with; translated to a {@link Failure} by callers.
 */
final class ApiException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final transient ApiError error;

  ApiException(ApiError error, Throwable cause) {
    super(error.toString(), cause);
    this.error = error;
  }

  ApiError error() {
    return error;
  }

  boolean is(ApiError.Kind kind) {
    return error.kind() == kind;
  }
}
