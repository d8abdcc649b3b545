package dev.naru.bigquery.fake;

/** An error answer in Google's words. */
final class ApiFailure extends RuntimeException {

  private static final long serialVersionUID = 1;

  final int status;
  final String reason;

  ApiFailure(int status, String reason, String message) {
    super(message);
    this.status = status;
    this.reason = reason;
  }

  static ApiFailure notFound(String what) {
    return new ApiFailure(404, "notFound", "Not found: " + what);
  }

  static ApiFailure duplicate(String what) {
    return new ApiFailure(409, "duplicate", "Already Exists: " + what);
  }
}
