package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;

/** One revision of a service. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record ServingRevision(
    @JsonPropertyDescription("Label naru.dev/revision of its pods") @Size(max = 63) String revision,
    @JsonPropertyDescription("Its image") @Size(max = 1024) String image) {}
