package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Map;

/** Bounds of CPU and memory. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "!has(self.max) || self.max.all(name, " + Rules.RESOURCE + ")",
    message = "max" + Rules.RESOURCE_MESSAGE,
    fieldPath = ".max")
@ValidationRule(
    value =
        "!has(self.max) || self.max.all(name, "
            + "quantity(string(self.max[name])).isGreaterThan(quantity('0')))",
    message = "max" + Rules.QUANTITY_MESSAGE + ", above 0",
    fieldPath = ".max")
public record PolicyResources(
    @JsonPropertyDescription(
            "The most that a request or a limit may be, e.g. cpu: 4, memory: 8Gi. A container that "
                + "declares no limit for one of them gets this one as its limit")
        @Size(max = 8) Map<String, Quantity> max) {

  public PolicyResources {
    max = Copies.of(max);
  }
}
