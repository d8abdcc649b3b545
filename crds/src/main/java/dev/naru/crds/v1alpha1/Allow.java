package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** What may be read. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Allow(
    @JsonPropertyDescription(
            "Schemas (MySQL: databases) that jobs may read. Absent or empty means every "
                + "schema")
        @Size(max = 50) List<@Size(min = 1, max = 64) String> schemas) {

  public Allow {
    schemas = Copies.of(schemas);
  }
}
