package dev.naru.bigquery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.runfile.Warehouse;
import java.net.SocketTimeoutException;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Google's own words for what goes wrong, and what Naru makes of them. */
class ApiErrorTest {

  private static final Warehouse WAREHOUSE =
      new Warehouse(
          "data",
          "jobs",
          "EU",
          "gs://staging",
          "ops",
          Optional.of("marts@data.iam.gserviceaccount.com"),
          Optional.of(1000L),
          Map.of(),
          Optional.empty());

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "503 | backendError | Backend Error | UNKNOWN_OUTCOME",
        "500 | internalError | An internal error occurred | UNKNOWN_OUTCOME",
        "502 |  | <html>Bad Gateway</html> | UNKNOWN_OUTCOME",
        "501 | notImplemented | Not implemented | REFUSED",
        "403 | rateLimitExceeded | Exceeded rate limits: too many table update operations for this table | THROTTLED",
        "429 |  | Too many requests | THROTTLED",
        "403 | quotaExceeded | Quota exceeded: Your user_method exceeded quota for concurrent api requests per user per method | THROTTLED",
        "403 | quotaExceeded | Quota exceeded: Your table exceeded quota for imports or query appends per table | QUOTA",
        "200 | quotaExceeded | Quota exceeded: Your table exceeded quota for imports or query appends per table | QUOTA",
        "200 | jobBackendError | The job encountered an error during execution | ATTEMPT_FAILED",
        "200 | jobRateLimitExceeded | Job exceeded rate limits | ATTEMPT_FAILED",
        "200 | invalidQuery | Transaction is aborted due to concurrent update against table d:x.t | ATTEMPT_FAILED",
        "200 | invalidQuery | Failed to commit DuckLake transaction | ATTEMPT_FAILED",
        "200 | invalidQuery | Syntax error: Unexpected identifier | REFUSED",
        "200 | stopped | Job execution was cancelled | REFUSED",
        "409 | duplicate | Already Exists: Job p:US.x | DUPLICATE",
        "412 | conditionNotMet | Precondition check failed. | PRECONDITION",
        "404 | notFound | Not found: Table p:d.t | NOT_FOUND",
        "403 | accessDenied | Access Denied: Table p:d.t: User does not have permission | ACCESS_DENIED",
        "401 | authError | Invalid Credentials | UNAUTHENTICATED",
        "400 | invalid | Provided Schema does not match | REFUSED",
      })
  void everySignalHasItsClass(int status, String reason, String message, ApiError.Kind kind) {
    assertThat(new ApiError(status, reason == null ? "" : reason, "", message).kind())
        .isEqualTo(kind);
  }

  @Test
  void noAnswerMeansThatTheOutcomeIsUnknown() {
    assertThat(ApiError.of(new SocketTimeoutException("Read timed out")).kind())
        .isEqualTo(ApiError.Kind.UNKNOWN_OUTCOME);
  }

  @Test
  void deniedNamesAccountPermissionAndResource() {
    var failure =
        failure(
            "bigquery.tables.insert data.raw.cars",
            403,
            "accessDenied",
            "Access Denied: Dataset data:raw: Permission bigquery.tables.create denied on dataset data:raw (or it may not exist).");

    assertThat(failure).isInstanceOf(ActionNeededFailure.class);
    assertThat(failure.reason()).isEqualTo(WarehouseReason.WAREHOUSE_ACCESS_DENIED);
    assertThat(failure.getMessage())
        .startsWith(
            "The account marts@data.iam.gserviceaccount.com may not do bigquery.tables.insert data.raw.cars: it lacks bigquery.tables.create.");
  }

  @Test
  void aMissingDatasetNamesLocationAndFields() {
    var failure =
        failure(
            "job load",
            200,
            "notFound",
            "Not found: Dataset data:raw was not found in location EU");

    assertThat(failure.reason()).isEqualTo(WarehouseReason.DATASET_NOT_FOUND);
    assertThat(failure.getMessage()).contains("location EU").contains("spec.destination.dataset");
  }

  @Test
  void aMissingBucketNamesTheWarehousesField() {
    var failure =
        failure(
            "storage.objects.insert gs://staging/x",
            404,
            "notFound",
            "The specified bucket does not exist.");

    assertThat(failure.reason()).isEqualTo(WarehouseReason.BUCKET_NOT_FOUND);
    assertThat(failure.getMessage())
        .contains("gs://staging")
        .contains("spec.bigQuery.stagingBucket");
  }

  @Test
  void theBytesCapNamesItsFieldAndValue() {
    var failure =
        failure(
            "job publish",
            200,
            "bytesBilledLimitExceeded",
            "Query exceeded limit for bytes billed: 1000. 10485760 or higher required.");

    assertThat(failure.reason()).isEqualTo(WarehouseReason.BYTES_CAP_EXCEEDED);
    assertThat(failure.getMessage())
        .contains("(1000 bytes)")
        .contains("spec.bigQuery.maxBytesBilledPerQuery");
  }

  @Test
  void aUsedUpQuotaIsRetriedAndNotAPersonsBusiness() {
    var failure =
        failure("job load", 403, "quotaExceeded", "Quota exceeded: Your table exceeded quota");

    assertThat(failure).isInstanceOf(RetryableFailure.class);
    assertThat(failure.reason()).isEqualTo(WarehouseReason.QUOTA_EXHAUSTED);
  }

  @Test
  void locationsThatDifferAreNamed() {
    var failure =
        failure(
            "job load",
            400,
            "invalid",
            "Cannot read and write in different locations: source: US, destination: EU");

    assertThat(failure.reason()).isEqualTo(WarehouseReason.LOCATION_MISMATCH);
  }

  @Test
  void refusedRowsLeaveTheTargetUntouchedAndSaySo() {
    var failure =
        failure("job load 1", 200, "invalid", "Error while reading data, error message: bad");

    assertThat(failure.reason()).isEqualTo(WarehouseReason.INVALID_ROWS);
    assertThat(failure.getMessage()).contains("The target was not touched");
  }

  private static Failure failure(String what, int status, String reason, String message) {
    return new FailureTexts(WAREHOUSE, Owner.Kind.INGESTION_JOB)
        .of(what, new ApiError(status, reason, "", message), null);
  }
}
