package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Quantity;

/** What a mart may cost. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value =
        "!has(self.maxBytesBilledPerRun) || (type(self.maxBytesBilledPerRun) == int ? int(self.maxBytesBilledPerRun) > 0 : isQuantity(string(self.maxBytesBilledPerRun)) && quantity(string(self.maxBytesBilledPerRun)).isGreaterThan(quantity('0')))",
    message = "maxBytesBilledPerRun must be a number of bytes above 0, such as 200Gi or 1500000000",
    fieldPath = ".maxBytesBilledPerRun")
@ValidationRule(
    value =
        "!has(self.maxBytesBilledPerTable) || (type(self.maxBytesBilledPerTable) == int ? int(self.maxBytesBilledPerTable) > 0 : isQuantity(string(self.maxBytesBilledPerTable)) && quantity(string(self.maxBytesBilledPerTable)).isGreaterThan(quantity('0')))",
    message =
        "maxBytesBilledPerTable must be a number of bytes above 0, such as 200Gi or 1500000000",
    fieldPath = ".maxBytesBilledPerTable")
public record MartLimits(
    @JsonPropertyDescription(
            "A run whose queries would be billed for more bytes by their dry runs is refused before it spends, e.g. 500Gi")
        Quantity maxBytesBilledPerRun,
    @JsonPropertyDescription("The same for one table with its checks")
        Quantity maxBytesBilledPerTable) {}
