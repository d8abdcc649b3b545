package dev.naru.bigquery;

/** What can go wrong between Naru and BigQuery or Cloud Storage. */
public enum WarehouseReason implements FailureReason {
  /** No answer, or only server errors, until the deadline. */
  WAREHOUSE_UNREACHABLE("WarehouseUnreachable"),
  /** The account lacks a permission. */
  WAREHOUSE_ACCESS_DENIED("WarehouseAccessDenied"),
  /** No usable credential, or impersonation is refused. */
  WAREHOUSE_AUTHENTICATION_FAILED("WarehouseAuthenticationFailed"),
  /** The dataset does not exist in this project. */
  DATASET_NOT_FOUND("DatasetNotFound"),
  /** A table that was expected does not exist. */
  TABLE_NOT_FOUND("TableNotFound"),
  /** The staging bucket does not exist. */
  BUCKET_NOT_FOUND("BucketNotFound"),
  /** Datasets, jobs and bucket do not share a location. */
  LOCATION_MISMATCH("LocationMismatch"),
  /** A quota is used up; it refills by time. */
  QUOTA_EXHAUSTED("QuotaExhausted"),
  /** A query would read more than the warehouse allows. */
  BYTES_CAP_EXCEEDED("BytesCapExceeded"),
  /** The target exists and was not created by this resource. */
  TARGET_NOT_OWNED("TargetNotOwned"),
  /** The target's columns cannot take the source's. */
  SCHEMA_CONFLICT("SchemaConflict"),
  /** BigQuery refuses the author's SQL. */
  INVALID_QUERY("InvalidQuery"),
  /** A mart's table would lose or retype columns, or be stored anew, and may not. */
  BREAKING_CHANGE("BreakingChange"),
  /** A mart's SQL answers rows outside of the partitions that its run replaces. */
  ROWS_OUTSIDE_WINDOW("RowsOutsideWindow"),
  /** BigQuery refused rows that were staged. */
  INVALID_ROWS("InvalidRows"),
  /** Source, files and staging table do not hold the same rows. */
  VERIFICATION_FAILED("VerificationFailed"),
  /** Another pod of the same run published first. */
  ALREADY_PUBLISHED("AlreadyPublished"),
  /** Somebody replaced or altered the target while a mart's run built its rows. */
  TARGET_CHANGED("TargetChanged"),
  /** A newer run published into the target meanwhile. */
  SUPERSEDED("Superseded"),
  /** BigQuery refused or failed a job for a reason of its own. */
  JOB_FAILED("JobFailed"),
  /** A name in the run file cannot be used in BigQuery. */
  INVALID_NAME("InvalidName");

  private final String code;

  WarehouseReason(String code) {
    this.code = code;
  }

  @Override
  public String code() {
    return code;
  }
}
