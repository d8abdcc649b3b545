package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** A half-open range of data. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "self.from.matches(" + BackfillRange.BOUND + ")",
    message = "from" + BackfillRange.BOUND_MESSAGE,
    fieldPath = ".from")
@ValidationRule(
    value = "self.to.matches(" + BackfillRange.BOUND + ")",
    message = "to" + BackfillRange.BOUND_MESSAGE,
    fieldPath = ".to")
@ValidationRule(
    value =
        "!self.from.matches("
            + BackfillRange.BOUND
            + ") || !self.to.matches("
            + BackfillRange.BOUND
            + ") || (self.from.size() == 10 && self.to.size() == 10 ? self.from < self.to : self.from.size() == 10 || self.to.size() == 10 || timestamp(self.from) < timestamp(self.to))",
    message =
        "to must be later than from: the range ends before to, so that one day is from:"
            + " \"2026-01-01\" to: \"2026-01-02\"",
    fieldPath = ".to")
public record BackfillRange(
    @JsonPropertyDescription(
            "Begin of the first partition: a day, such as 2024-01-01, in the time zone of the mart's schedule, or a moment, such as 2024-01-01T05:00:00Z")
        @Required
        @Size(min = 10, max = 32) String from,
    @JsonPropertyDescription(
            "End of the last partition, exclusive: 2024-02-01 is the whole of January")
        @Required
        @Size(min = 10, max = 32) String to) {

  static final String BOUND =
      "'^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9]))?$'";

  static final String BOUND_MESSAGE =
      " must be a day, such as \"2024-01-01\", or a moment with its offset, such as"
          + " \"2024-01-01T05:00:00Z\"";
}
