package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** A choice of columns: include or exclude. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value =
        "!(has(self.include) && self.include.size() > 0 && has(self.exclude) && "
            + "self.exclude.size() > 0)",
    message =
        "include and exclude exclude each other: list either the columns to read or those to "
            + "leave out",
    fieldPath = ".exclude",
    reason = "FieldValueForbidden")
public record Columns(
    @JsonPropertyDescription("Read only these columns") @Size(max = 200) List<@Size(min = 1, max = 64) String> include,
    @JsonPropertyDescription("Read all columns but these") @Size(max = 200) List<@Size(min = 1, max = 64) String> exclude) {

  public Columns {
    include = Copies.of(include);
    exclude = Copies.of(exclude);
  }
}
