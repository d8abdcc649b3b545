package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.ValidationRule;

/**
 * Defaults for pods and runs, and what must hold for them. The rules about the pod stand here: an
 * earlier release took such values in other kinds, where the operator refuses them by condition.
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value =
        "!has(self.pod) || !has(self.pod.nodeSelector) || self.pod.nodeSelector.all(key, key.matches("
            + Rules.LABEL_KEY
            + ") && self.pod.nodeSelector[key].matches("
            + Rules.LABEL_VALUE
            + "))",
    message = "nodeSelector" + Rules.LABEL_MESSAGE,
    fieldPath = ".pod.nodeSelector")
@ValidationRule(
    value =
        "!has(self.pod) || !has(self.pod.resources) || !has(self.pod.resources.requests) || "
            + "self.pod.resources.requests.all(name, "
            + Rules.RESOURCE
            + ")",
    message = "requests" + Rules.RESOURCE_MESSAGE,
    fieldPath = ".pod.resources.requests")
// an error of quantity() refuses too, and one conversion keeps within the budget of a rule
@ValidationRule(
    value =
        "!has(self.pod) || !has(self.pod.resources) || !has(self.pod.resources.requests) || "
            + "self.pod.resources.requests.all(name, "
            + "!quantity(string(self.pod.resources.requests[name])).isLessThan(quantity('0')))",
    message = "requests" + Rules.QUANTITY_MESSAGE,
    fieldPath = ".pod.resources.requests")
@ValidationRule(
    value =
        "!has(self.pod) || !has(self.pod.resources) || !has(self.pod.resources.limits) || "
            + "self.pod.resources.limits.all(name, "
            + Rules.RESOURCE
            + ")",
    message = "limits" + Rules.RESOURCE_MESSAGE,
    fieldPath = ".pod.resources.limits")
// an error of quantity() refuses too, and one conversion keeps within the budget of a rule
@ValidationRule(
    value =
        "!has(self.pod) || !has(self.pod.resources) || !has(self.pod.resources.limits) || "
            + "self.pod.resources.limits.all(name, "
            + "!quantity(string(self.pod.resources.limits[name])).isLessThan(quantity('0')))",
    message = "limits" + Rules.QUANTITY_MESSAGE,
    fieldPath = ".pod.resources.limits")
@ValidationRule(
    value =
        "!has(self.pod) || !has(self.pod.tolerations) || "
            + "self.pod.tolerations.all(it, has(it.key) || (has(it.operator) && it.operator == 'Exists'))",
    message =
        "a toleration without key needs operator: Exists: write that to accept every taint, or "
            + "name the key of the taint",
    fieldPath = ".pod.tolerations")
@ValidationRule(
    value =
        "!has(self.pod) || !has(self.pod.tolerations) || "
            + "self.pod.tolerations.all(it, !has(it.value) || !has(it.operator) || it.operator != 'Exists')",
    message =
        "value has no effect with operator Exists, which accepts every value: remove it, or write "
            + "operator: Equal",
    fieldPath = ".pod.tolerations")
@ValidationRule(
    value =
        "!has(self.pod) || !has(self.pod.tolerations) || "
            + "self.pod.tolerations.all(it, !has(it.tolerationSeconds) || (has(it.effect) && it.effect == 'NoExecute'))",
    message =
        "tolerationSeconds counts only with effect: NoExecute: write that effect, or remove "
            + "tolerationSeconds",
    fieldPath = ".pod.tolerations")
public record WorkloadTemplateSpec(
    @JsonProperty("default")
        @JsonPropertyDescription(
            "True makes this the default of its namespace: it holds for every resource there, also "
                + "for those that name another template, which then goes before it. At most one in a "
                + "namespace. Default false")
        Boolean isDefault,
    @JsonPropertyDescription(
            "Defaults for the pod. Maps are merged key by key; of one and the same key the value "
                + "nearest to the resource counts: cluster default, namespace default, the template "
                + "that spec.templateRef names, the resource itself")
        PodSettings pod,
    @JsonPropertyDescription("Defaults for runs") JobSettings job,
    @JsonPropertyDescription(
            "What must hold for the pod whatever its values come from. Of all templates that count "
                + "for a resource the strictest policy holds; what violates it is not realised, and "
                + "the condition Stalled says which field, which template and what is allowed")
        Policy policy) {}
