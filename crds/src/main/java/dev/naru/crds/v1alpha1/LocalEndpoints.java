package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** Base URLs of a local stand-in. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "[self.bigQuery, self.storage].all(url, url.matches('^https?://[^/ ]+(/[^/ ]+)*$'))",
    message =
        "bigQuery and storage must be base URLs without a slash at the end, such as "
            + "http://bigquery.local-services:9050")
public record LocalEndpoints(
    @JsonPropertyDescription(
            "Base URL of the BigQuery API, e.g. http://bigquery.local-services:9050")
        @Required
        @Size(min = 8, max = 512) String bigQuery,
    @JsonPropertyDescription(
            "Base URL of the Cloud Storage API, e.g. http://storage.local-services:4443")
        @Required
        @Size(min = 8, max = 512) String storage) {}
