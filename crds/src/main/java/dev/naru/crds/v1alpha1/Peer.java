package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** Whoever calls or is called, as in a NetworkPolicy. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "has(self.namespaceSelector) || has(self.podSelector) || has(self.cidr)",
    message =
        "say who: write namespaceSelector, podSelector (both: such pods in such namespaces) or cidr")
@ValidationRule(
    value = "!has(self.cidr) || !(has(self.namespaceSelector) || has(self.podSelector))",
    message = "cidr excludes namespaceSelector and podSelector: write an entry for each",
    fieldPath = ".cidr")
@ValidationRule(
    value = "!has(self.cidr) || self.cidr.matches('^[0-9A-Fa-f.:]+/[0-9]{1,3}$')",
    message = "cidr must be a range of addresses, such as 10.0.0.0/8 or fd00::/8",
    fieldPath = ".cidr")
public record Peer(
    @JsonPropertyDescription("Pods of the namespaces with these labels") Selector namespaceSelector,
    @JsonPropertyDescription(
            "Pods with these labels; without namespaceSelector those of the service's own namespace")
        Selector podSelector,
    @JsonPropertyDescription("Addresses, e.g. 10.0.0.0/8") @Size(max = 64) String cidr,
    @JsonPropertyDescription("Ports. Default: those of the service in allowFrom, all in allowTo")
        @Size(max = 8) List<@Min(1) @Max(65535) Integer> ports) {

  public Peer {
    ports = Copies.of(ports);
  }
}
