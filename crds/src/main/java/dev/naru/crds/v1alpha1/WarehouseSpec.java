package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;

/** Where data is written. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record WarehouseSpec(
    @JsonPropertyDescription("A BigQuery project") @Required BigQuery bigQuery) {}
