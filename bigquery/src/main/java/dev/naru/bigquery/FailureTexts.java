package dev.naru.bigquery;

import dev.naru.runfile.Warehouse;
import java.util.regex.Pattern;

/** Turns what Google answered into what is wrong, where, and what to do next. */
final class FailureTexts {

  private static final Pattern PERMISSION =
      Pattern.compile("(?:bigquery|storage)\\.[a-zA-Z]+\\.[a-zA-Z]+");

  private final Warehouse warehouse;
  private final Owner.Kind resource;

  /**
   * @param resource whose fields the texts name
   */
  FailureTexts(Warehouse warehouse, Owner.Kind resource) {
    this.warehouse = warehouse;
    this.resource = resource;
  }

  /** No usable answer in time. */
  static Failure gaveUp(String what, int attempts, ApiError error, Throwable cause) {
    return error.kind() == ApiError.Kind.QUOTA
        ? quota(what, error, cause)
        : new RetryableFailure(
            WarehouseReason.WAREHOUSE_UNREACHABLE,
            "No usable answer to %s after %d attempts; the last error was: %s. The target was not touched by this call as far as is known, and the run will be tried again. Check that the endpoint is reachable from the pod's network."
                .formatted(what, attempts, error),
            cause);
  }

  /**
   * An answer that a repeat would not change.
   *
   * @param what the operation and its object, e.g. {@code bigquery.tables.insert p.d.t}
   */
  Failure of(String what, ApiError error, Throwable cause) {
    return switch (error.kind()) {
      case ACCESS_DENIED -> denied(what, error, cause);
      case UNAUTHENTICATED -> unauthenticated(error, cause);
      case NOT_FOUND -> notFound(what, error, cause);
      case QUOTA, THROTTLED -> quota(what, error, cause);
      case UNKNOWN_OUTCOME, ATTEMPT_FAILED, DUPLICATE, PRECONDITION ->
          new RetryableFailure(
              WarehouseReason.JOB_FAILED,
              "BigQuery could not finish %s: %s. The run will be tried again."
                  .formatted(what, error),
              cause);
      case REFUSED -> refused(what, error, cause);
    };
  }

  private Failure denied(String what, ApiError error, Throwable cause) {
    var found = PERMISSION.matcher(error.message());
    var permission = found.find() ? found.group() : "the permission it names";
    return new ActionNeededFailure(
        WarehouseReason.WAREHOUSE_ACCESS_DENIED,
        "The account %s may not do %s: it lacks %s. Google says: %s. Grant a role that contains it to that account on the resource named above (a table's dataset, the billing project %s for jobs, the bucket for files)."
            .formatted(account(), what, permission, error.told(), warehouse.billingProject()),
        cause);
  }

  private Failure unauthenticated(ApiError error, Throwable cause) {
    return new ActionNeededFailure(
        WarehouseReason.WAREHOUSE_AUTHENTICATION_FAILED,
        "Google does not accept the pod's credential as %s: %s. Check that the pod's service account is bound to a Google identity (Workload Identity) and that this identity has roles/iam.serviceAccountTokenCreator on %s."
            .formatted(account(), error.told(), account()),
        cause);
  }

  private Failure notFound(String what, ApiError error, Throwable cause) {
    var text = error.told();
    if (text.contains("Dataset")) {
      return new ActionNeededFailure(
          WarehouseReason.DATASET_NOT_FOUND,
          "%s failed: a dataset does not exist in location %s. Google says: %s. Create the dataset there, or correct %s of the %s or spec.bigQuery of the Warehouse (project, location, opsDataset); a dataset in another location counts as not found."
              .formatted(what, warehouse.location(), text, datasetField(), resource),
          cause);
    }
    if (what.startsWith("storage.")) {
      return new ActionNeededFailure(
          WarehouseReason.BUCKET_NOT_FOUND,
          "%s failed: the staging bucket %s does not exist. Google says: %s. Create it in the location of the datasets (%s), or correct spec.bigQuery.stagingBucket of the Warehouse."
              .formatted(what, warehouse.stagingBucket(), text, warehouse.location()),
          cause);
    }
    return new RetryableFailure(
        WarehouseReason.TABLE_NOT_FOUND,
        "%s failed: %s. Somebody removed it while the run worked, or it lies in another location than %s. The run will be tried again and makes what is missing."
            .formatted(what, text, warehouse.location()),
        cause);
  }

  private static Failure quota(String what, ApiError error, Throwable cause) {
    return new RetryableFailure(
        WarehouseReason.QUOTA_EXHAUSTED,
        "A quota is used up for %s: %s. It refills over up to 24 hours; the run is tried again later. Fewer runs into this table per day, or a higher quota, avoid it."
            .formatted(what, error.told()),
        cause);
  }

  private Failure refused(String what, ApiError error, Throwable cause) {
    var text = error.told();
    var guard = PublishScript.Guard.in(error.message());
    if (guard.isPresent()) {
      return guard.get().failure();
    }
    if (text.contains("limit for bytes billed") || error.reason().startsWith("bytesBilled")) {
      return new ActionNeededFailure(
          WarehouseReason.BYTES_CAP_EXCEEDED,
          "%s would read more than the Warehouse allows per query (%s bytes): %s. Raise spec.bigQuery.maxBytesBilledPerQuery of the Warehouse, or partition the target so that less is read."
              .formatted(
                  what,
                  warehouse.maxBytesBilledPerQuery().map(String::valueOf).orElse("no cap set"),
                  text),
          cause);
    }
    if (error.reason().equals("stopped")) {
      return new ActionNeededFailure(
          WarehouseReason.JOB_FAILED,
          "Somebody stopped %s in BigQuery, so it was not started again: %s. The next run does it anew."
              .formatted(what, text),
          cause);
    }
    if (text.contains("location") && (text.contains("cannot") || text.contains("ifferent"))) {
      return new ActionNeededFailure(
          WarehouseReason.LOCATION_MISMATCH,
          "%s failed because its parts lie in different locations: %s. Dataset, ops dataset and staging bucket must be where the Warehouse's spec.bigQuery.location says (%s)."
              .formatted(what, text, warehouse.location()),
          cause);
    }
    if (resource == Owner.Kind.DATA_MART && error.reason().equals("invalidQuery")) {
      return new ActionNeededFailure(
          WarehouseReason.INVALID_QUERY,
          "BigQuery refuses the SQL of %s: %s.".formatted(what, text),
          cause);
    }
    if (what.startsWith("job load")) {
      return new ActionNeededFailure(
          WarehouseReason.INVALID_ROWS,
          "BigQuery refused the staged rows: %s%s. The target was not touched. Leave the named column out (spec.source.columns.exclude) or correct the value in the source; the staged files stay in %s for a look."
              .formatted(
                  text,
                  error.location().isEmpty() ? "" : " (at " + error.location() + ")",
                  warehouse.stagingBucket()),
          cause);
    }
    return new ActionNeededFailure(
        WarehouseReason.JOB_FAILED,
        "BigQuery refused %s: %s%s. The same request would be refused again; correct what it names and request a new run."
            .formatted(
                what, error, error.location().isEmpty() ? "" : " (at " + error.location() + ")"),
        cause);
  }

  private String datasetField() {
    return switch (resource) {
      case INGESTION_JOB -> "spec.destination.dataset";
      case DATA_MART -> "spec.dataset.name, a table that the SQL names,";
    };
  }

  private String account() {
    return warehouse
        .impersonateServiceAccount()
        .orElse(
            warehouse.localEndpoints().isPresent()
                ? "anonymous (local endpoint)"
                : "of the pod (no impersonation)");
  }
}
