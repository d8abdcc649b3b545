package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.ValidationRule;

/** Where the value of a variable stands. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "has(self.secretKeyRef) != has(self.configMapKeyRef)",
    message = "write either secretKeyRef or configMapKeyRef")
public record EnvSource(
    @JsonPropertyDescription("Key of a Secret") KeyRef secretKeyRef,
    @JsonPropertyDescription("Key of a ConfigMap") KeyRef configMapKeyRef) {}
