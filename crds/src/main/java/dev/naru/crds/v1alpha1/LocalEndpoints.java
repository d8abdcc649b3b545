package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** Base URLs of a local stand-in. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record LocalEndpoints(
    @JsonPropertyDescription(
            "Base URL of the BigQuery API, e.g. http://bigquery.local-services:9050")
        @Required
        @Size(min = 8, max = 512) String bigQuery,
    @JsonPropertyDescription(
            "Base URL of the Cloud Storage API, e.g. http://storage.local-services:4443")
        @Required
        @Size(min = 8, max = 512) String storage) {}
