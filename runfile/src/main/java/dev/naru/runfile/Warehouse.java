package dev.naru.runfile;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Where data is written, who pays, and as whom.
 *
 * @param project project of the datasets
 * @param billingProject project that runs and pays the jobs
 * @param location BigQuery location of datasets and jobs
 * @param stagingBucket {@code gs://bucket[/prefix]} without a trailing slash
 * @param opsDataset dataset of ledger and staging tables
 * @param impersonateServiceAccount the account every call is made as; absent only with local
 *     endpoints, where no credential is ever sent
 * @param maxBytesBilledPerQuery cap on each query, in bytes
 * @param labels put on every job and table
 * @param localEndpoints a local stand-in for BigQuery and Cloud Storage
 */
public record Warehouse(
    String project,
    String billingProject,
    String location,
    String stagingBucket,
    String opsDataset,
    Optional<String> impersonateServiceAccount,
    Optional<Long> maxBytesBilledPerQuery,
    Map<String, String> labels,
    Optional<LocalEndpoints> localEndpoints) {

  public Warehouse {
    labels =
        java.util.Collections.unmodifiableMap(new TreeMap<>(labels == null ? Map.of() : labels));
  }

  /** Base URLs of a local stand-in, without a trailing slash. */
  public record LocalEndpoints(String bigQuery, String storage) {}
}
