package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Map;

/** A BigQuery project, who pays, and as whom. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "self.project.matches(" + Rules.PROJECT + ")",
    message = "project" + Rules.PROJECT_MESSAGE,
    fieldPath = ".project")
@ValidationRule(
    value = "!has(self.billingProject) || self.billingProject.matches(" + Rules.PROJECT + ")",
    message = "billingProject" + Rules.PROJECT_MESSAGE,
    fieldPath = ".billingProject")
@ValidationRule(
    value =
        "self.stagingBucket.matches('^gs://[a-z0-9][a-z0-9._-]{1,220}[a-z0-9](/[A-Za-z0-9._-]+)*$')",
    message =
        "stagingBucket must be written gs://bucket or gs://bucket/prefix, without a slash at "
            + "the end",
    fieldPath = ".stagingBucket")
@ValidationRule(
    value = "!has(self.opsDataset) || self.opsDataset.matches(" + Rules.DATASET + ")",
    message = "opsDataset" + Rules.DATASET_MESSAGE,
    fieldPath = ".opsDataset")
@ValidationRule(
    value =
        "!has(self.impersonateServiceAccount) || "
            + "self.impersonateServiceAccount.matches('^[a-z0-9-]+@[a-z0-9.-]+[.]gserviceaccount[.]com$')",
    message =
        "impersonateServiceAccount must be the e-mail address of a Google service account, "
            + "such as marts@my-project.iam.gserviceaccount.com",
    fieldPath = ".impersonateServiceAccount")
@ValidationRule(
    value = "!(has(self.impersonateServiceAccount) && has(self.localEndpoints))",
    message =
        "impersonateServiceAccount and localEndpoints exclude each other: a local stand-in "
            + "is never sent a credential. Keep localEndpoints for a local warehouse, "
            + "impersonateServiceAccount for BigQuery",
    fieldPath = ".localEndpoints",
    reason = "FieldValueForbidden")
@ValidationRule(
    value = "has(self.impersonateServiceAccount) || has(self.localEndpoints)",
    message =
        "impersonateServiceAccount is needed: name the service account that calls are made "
            + "as, such as marts@my-project.iam.gserviceaccount.com (a local warehouse has "
            + "localEndpoints instead)",
    fieldPath = ".impersonateServiceAccount",
    reason = "FieldValueRequired")
@ValidationRule(
    value =
        "!has(self.maxBytesBilledPerQuery) || (type(self.maxBytesBilledPerQuery) == int ? "
            + "int(self.maxBytesBilledPerQuery) > 0 : "
            + "isQuantity(string(self.maxBytesBilledPerQuery)) && "
            + "quantity(string(self.maxBytesBilledPerQuery)).isGreaterThan(quantity('0')))",
    message =
        "maxBytesBilledPerQuery must be a number of bytes above 0, such as 200Gi or 1500000000",
    fieldPath = ".maxBytesBilledPerQuery")
@ValidationRule(
    value =
        "!has(self.labels) || self.labels.all(key, key.matches('^[a-z][a-z0-9_-]{0,62}$') && "
            + "self.labels[key].matches('^[a-z0-9_-]*$'))",
    message = "labels" + Rules.BIGQUERY_LABELS_MESSAGE,
    fieldPath = ".labels")
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
