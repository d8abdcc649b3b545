package dev.naru.bigquery;

import com.google.api.client.googleapis.json.GoogleJsonResponseException;
import com.google.api.client.http.HttpResponseException;
import com.google.api.services.bigquery.model.ErrorProto;
import com.google.auth.Retryable;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

/**
 * What BigQuery or Cloud Storage answered, or that nothing was answered.
 *
 * @param status HTTP status; 0 when there was no answer, 200 for the error of a finished job
 * @param reason Google's reason code, e.g. {@code accessDenied}; empty when there was none
 * @param location what the reason points at; empty when nothing
 */
record ApiError(int status, String reason, String location, String message) {

  private static final int MAX_MESSAGE = 2000;

  ApiError {
    message = oneLine(message, MAX_MESSAGE);
  }

  /** How to go on after an error. */
  enum Kind {
    /** No answer or a server error: it may have happened or not. Send the same again. */
    UNKNOWN_OUTCOME,
    /** Too fast; nothing happened. Send the same again, later. */
    THROTTLED,
    /** A quota is used up for a longer time. */
    QUOTA,
    /** A job failed by no fault of its own: another attempt needs a new id. */
    ATTEMPT_FAILED,
    NOT_FOUND,
    /** It exists already. */
    DUPLICATE,
    /** A precondition (etag, generation) did not hold. */
    PRECONDITION,
    ACCESS_DENIED,
    UNAUTHENTICATED,
    /** Sending it again cannot help. */
    REFUSED
  }

  static ApiError of(IOException e) {
    if (e instanceof Retryable auth && !auth.isRetryable()) {
      return new ApiError(401, "authError", "", orEmpty(e.getMessage()));
    }
    return switch (e) {
      case GoogleJsonResponseException json when json.getDetails() != null -> {
        var errors = json.getDetails().getErrors();
        var first =
            Optional.ofNullable(errors).filter(list -> !list.isEmpty()).map(list -> list.get(0));
        yield new ApiError(
            json.getStatusCode(),
            first.map(info -> orEmpty(info.getReason())).orElse(""),
            first.map(info -> orEmpty(info.getLocation())).orElse(""),
            orEmpty(json.getDetails().getMessage()));
      }
      case HttpResponseException plain ->
          new ApiError(plain.getStatusCode(), "", "", orEmpty(plain.getContent()));
      default ->
          new ApiError(
              0,
              "",
              "",
              e.getClass().getSimpleName() + (e.getMessage() == null ? "" : ": " + e.getMessage()));
    };
  }

  static ApiError of(ErrorProto job) {
    return new ApiError(
        200, orEmpty(job.getReason()), orEmpty(job.getLocation()), orEmpty(job.getMessage()));
  }

  /** How to go on; the message decides only where Google's reasons are known to be ambiguous. */
  Kind kind() {
    if (status == 0 || (status >= 500 && status != 501) || status == 408) {
      return Kind.UNKNOWN_OUTCOME;
    }
    return switch (reason) {
      case "rateLimitExceeded" -> Kind.THROTTLED;
      case "jobRateLimitExceeded",
          "jobBackendError",
          "jobInternalError",
          "backendError",
          "internalError",
          "tableUnavailable" ->
          Kind.ATTEMPT_FAILED;
      // by a person, unless we did it: starting it again would be against their will
      case "stopped" -> Kind.REFUSED;
      case "quotaExceeded" -> throttlingText() ? Kind.THROTTLED : Kind.QUOTA;
      case "duplicate" -> Kind.DUPLICATE;
      case "notFound" -> Kind.NOT_FOUND;
      case "conditionNotMet" -> Kind.PRECONDITION;
      case "accessDenied", "forbidden" -> Kind.ACCESS_DENIED;
      case "authError", "required" -> status == 401 ? Kind.UNAUTHENTICATED : byStatus();
      default -> conflictText() ? Kind.ATTEMPT_FAILED : byStatus();
    };
  }

  private Kind byStatus() {
    return switch (status) {
      case 401 -> Kind.UNAUTHENTICATED;
      case 403 -> throttlingText() ? Kind.THROTTLED : Kind.ACCESS_DENIED;
      case 404 -> Kind.NOT_FOUND;
      case 409 -> Kind.DUPLICATE;
      case 412 -> Kind.PRECONDITION;
      case 429 -> Kind.THROTTLED;
      default -> Kind.REFUSED;
    };
  }

  /**
   * Two transactions met; nothing was written. The reason code of these is {@code invalidQuery}.
   */
  private boolean conflictText() {
    return message.contains("due to concurrent update")
        || message.contains("DML statements outstanding against table")
        || message.contains("has been queued for too long")
        // what the local stand-in says for the same
        || message.contains("Failed to commit DuckLake transaction");
  }

  private boolean throttlingText() {
    var text = message.toLowerCase(Locale.ROOT);
    return text.contains("exceeded rate limits")
        || text.contains("concurrent api requests")
        || text.contains("too many requests");
  }

  /** The message for people: without the values of rows that a failed job may quote. */
  String told() {
    return ServerText.withoutValues(message);
  }

  /** For logs and as the last part of messages for people. */
  @Override
  public String toString() {
    var code = status == 0 || status == 200 ? "" : "HTTP " + status + " ";
    var what = reason.isEmpty() ? "" : reason + ": ";
    return (code + what + oneLine(told(), 500)).strip();
  }

  private static String orEmpty(String text) {
    return text == null ? "" : text;
  }

  private static String oneLine(String text, int length) {
    var line = text.replaceAll("\\s+", " ").strip();
    return line.length() <= length ? line : line.substring(0, length) + "…";
  }
}
