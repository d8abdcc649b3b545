package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** Who may see which rows. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "self.name.matches('^[a-zA-Z_][a-zA-Z0-9_]*$')",
    message = "name must be made of letters, digits and _",
    fieldPath = ".name")
public record RowAccess(
    @JsonPropertyDescription("Name of the row access policy") @Required @Size(min = 1, max = 128) String name,
    @JsonPropertyDescription("Who, e.g. group:analysts@example.com")
        @Required
        @Size(min = 1, max = 50) List<@Size(min = 3, max = 320) String> members,
    @JsonPropertyDescription(
            "A condition over the table's columns, e.g. region = 'seoul'. Whoever no policy names sees no row at all")
        @Required
        @Size(min = 1, max = 1024) String filter) {
  public RowAccess {
    members = Copies.of(members);
  }
}
