package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** Where values must exist. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Relationship(
    @JsonPropertyDescription("A table with its dataset: raw_rental.cars, or a table of this mart")
        @Required
        @Size(min = 3, max = 1100) String table,
    @JsonPropertyDescription("Columns there, in the order of the columns of the check")
        @Required
        @Size(min = 1, max = 16) List<@Size(min = 1, max = 300) String> columns) {
  public Relationship {
    columns = Copies.of(columns);
  }
}
