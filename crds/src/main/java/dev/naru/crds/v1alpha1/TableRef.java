package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** A table of a database. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record TableRef(
    @JsonPropertyDescription("Schema of the table; for MySQL and MariaDB the database")
        @Required
        @Size(min = 1, max = 64) String schema,
    @JsonPropertyDescription("Name of the table") @Required @Size(min = 1, max = 64) String name) {}
