package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** A rule that rows must keep before anyone sees them. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "self.type in ['Rows', 'Query'] || (has(self.columns) && self.columns.size() > 0)",
    messageExpression = "'type ' + self.type + ' needs columns, such as columns: [car_id]'",
    fieldPath = ".columns",
    reason = "FieldValueRequired")
@ValidationRule(
    value =
        "!(self.type in ['Accepted', 'Range', 'Freshness']) || !has(self.columns) || self.columns.size() == 1",
    messageExpression =
        "'type ' + self.type + ' looks at exactly one column: write a check for each'",
    fieldPath = ".columns")
@ValidationRule(
    value =
        "(self.type == 'Accepted') == has(self.values) && (self.type == 'Range') == has(self.range) && (self.type == 'Rows') == has(self.rows) && (self.type == 'Freshness') == has(self.freshness) && (self.type == 'Relationship') == has(self.relationship) && (self.type == 'Query') == has(self.query)",
    messageExpression =
        "'type ' + self.type + ' needs its own member and no other: Accepted values, Range range, Rows rows, Freshness freshness, Relationship relationship, Query query'")
public record MartCheck(
    @JsonPropertyDescription("Name, unique within the table") @Required @Size(min = 1, max = 63) String name,
    @JsonPropertyDescription(
            "NotNull, Unique, Accepted, Range, Freshness and Relationship look at columns, Rows at the number of rows, Query at the rows that a query of yours finds")
        @Required
        CheckType type,
    @JsonPropertyDescription(
            "Fail: the table is not published. Warn: it is, and the condition ChecksPassing tells. Default Fail")
        Severity severity,
    @JsonPropertyDescription(
            "The columns that are looked at; exactly one for Accepted, Range and Freshness")
        @Size(max = 16) List<@Size(min = 1, max = 300) String> columns,
    @JsonPropertyDescription("With type Accepted: the values, compared as text") @Size(max = 100) List<@Size(max = 256) String> values,
    @JsonPropertyDescription("With type Range") ValueRange range,
    @JsonPropertyDescription("With type Rows") RowCount rows,
    @JsonPropertyDescription("With type Freshness") FreshnessLimit freshness,
    @JsonPropertyDescription("With type Relationship") Relationship relationship,
    @JsonPropertyDescription(
            "With type Query: answers the rows at fault; the check passes when there are none")
        @Size(min = 1, max = 8192) String query) {
  public MartCheck {
    columns = Copies.of(columns);
    values = Copies.of(values);
  }
}
