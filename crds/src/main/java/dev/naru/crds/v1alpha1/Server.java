package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;

/** A database server that answered. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Server(
    @JsonPropertyDescription("Product and version, e.g. PostgreSQL 17.2") @Size(max = 128) String version,
    @JsonPropertyDescription("Primary or Replica") @Size(max = 32) String role) {}
