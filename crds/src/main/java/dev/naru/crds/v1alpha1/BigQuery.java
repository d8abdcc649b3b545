package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Map;

/** A BigQuery project, who pays, and as whom. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record BigQuery(
    @JsonPropertyDescription("Project that holds the datasets") @Required @Size(min = 1, max = 100) String project,
    @JsonPropertyDescription("Project that runs and pays the jobs. Default: project")
        @Size(min = 1, max = 100) String billingProject,
    @JsonPropertyDescription("BigQuery location of the datasets, e.g. US or asia-northeast3")
        @Required
        @Size(min = 1, max = 64) String location,
    @JsonPropertyDescription(
            "Bucket for files on their way into BigQuery, in the same location, e.g. "
                + "gs://rental-staging or gs://rental-staging/naru. Give it a lifecycle rule")
        @Required
        @Size(min = 6, max = 512) String stagingBucket,
    @JsonPropertyDescription(
            "Dataset for the ledger of runs and for staging tables; nobody else should "
                + "write there. Default naru_ops")
        @Size(min = 1, max = 1000) String opsDataset,
    @JsonPropertyDescription(
            "Google service account that every call is made as. Worker and operator need "
                + "only roles/iam.serviceAccountTokenCreator on it")
        @Size(min = 6, max = 256) String impersonateServiceAccount,
    @JsonPropertyDescription("Queries that would be billed for more bytes fail, e.g. 200Gi")
        Quantity maxBytesBilledPerQuery,
    @JsonPropertyDescription("Labels of every job and table, for the bill") @Size(max = 32) Map<String, @Size(max = 63) String> labels,
    @JsonPropertyDescription(
            "A local stand-in for BigQuery and Cloud Storage, for tests and demos. No "
                + "credential is ever sent to it")
        LocalEndpoints localEndpoints) {

  public BigQuery {
    labels = Copies.of(labels);
  }
}
