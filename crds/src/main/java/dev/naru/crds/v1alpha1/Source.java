package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** What is read. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "self.type != 'Table' || has(self.table)",
    message = "type Table needs the member table, such as table: {schema: rental, name: cars}",
    fieldPath = ".table",
    reason = "FieldValueRequired")
@ValidationRule(
    value = "!has(self.filter) || !self.filter.matches('(?i)^[ \\t\\r\\n]*where[ \\t\\r\\n]')",
    message = "filter is the condition alone: leave out the word WHERE",
    fieldPath = ".filter")
@ValidationRule(
    value = "!has(self.filter) || !self.filter.matches(';[ \\t\\r\\n]*$')",
    message = "filter is one condition: leave out the semicolon at the end",
    fieldPath = ".filter")
public record Source(
    @JsonPropertyDescription("The Connection to read from") @Required NameRef connectionRef,
    @JsonPropertyDescription("Shape of what is read; the member of that name describes it")
        @Required
        SourceType type,
    @JsonPropertyDescription("The table to read; with type Table") TableRef table,
    @JsonPropertyDescription("Which columns are read. Default all") Columns columns,
    @JsonPropertyDescription(
            "Condition in the SQL of the source that rows must meet, as after WHERE. Put "
                + "constant conditions here, not relative dates")
        @Size(min = 1, max = 8192) String filter) {}
