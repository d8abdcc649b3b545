package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.ValidationRule;

/** Where CA certificates are; exactly one member. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "has(self.configMapKeyRef) != has(self.secretKeyRef)",
    message = "caRef needs exactly one of configMapKeyRef and secretKeyRef, with name and key")
public record CaRef(
    @JsonPropertyDescription("Key of a ConfigMap") KeyRef configMapKeyRef,
    @JsonPropertyDescription("Key of a Secret") KeyRef secretKeyRef) {}
