package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;

/** The dataset of a mart. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "self.name.matches(" + Rules.DATASET + ")",
    message = "name" + Rules.DATASET_MESSAGE,
    fieldPath = ".name")
@ValidationRule(
    value =
        "!has(self.labels) || self.labels.all(key, key.matches('^[a-z][a-z0-9_-]{0,62}$') && self.labels[key].matches('^[a-z0-9_-]*$'))",
    message = "labels" + Rules.BIGQUERY_LABELS_MESSAGE,
    fieldPath = ".labels")
public record MartDataset(
    @JsonPropertyDescription("Name; created when it does not exist")
        @Required
        @Size(min = 1, max = 1000) String name,
    @JsonPropertyDescription("Shown in BigQuery") @Size(min = 1, max = 1024) String description,
    @JsonPropertyDescription("Labels, besides those of the Warehouse") @Size(max = 32) Map<String, @Size(max = 63) String> labels,
    @JsonPropertyDescription(
            "Days after which tables expire that say nothing of it. Default: never")
        @Min(1) @Max(36500) Integer defaultExpirationDays,
    @JsonPropertyDescription("Who may read it. Entries of others are left alone") @Size(max = 50) List<Grant> access,
    @JsonPropertyDescription(
            "True allows to take over an existing dataset that Naru did not create. Default false")
        Boolean adopt) {
  public MartDataset {
    labels = Copies.of(labels);
    access = Copies.of(access);
  }
}
