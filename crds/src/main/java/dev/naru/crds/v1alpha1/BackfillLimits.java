package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Quantity;

/** What all intervals together may cost. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value =
        "!has(self.maxBytesBilled) || (type(self.maxBytesBilled) == int ? int(self.maxBytesBilled) > 0 : isQuantity(string(self.maxBytesBilled)) && quantity(string(self.maxBytesBilled)).isGreaterThan(quantity('0')))",
    message = "maxBytesBilled must be a number of bytes above 0, such as 200Gi or 1500000000",
    fieldPath = ".maxBytesBilled")
public record BackfillLimits(
    @JsonPropertyDescription(
            "A Backfill that would read more by its dry runs is refused before it spends; one that reaches it stops. It may be raised later")
        Quantity maxBytesBilled) {}
