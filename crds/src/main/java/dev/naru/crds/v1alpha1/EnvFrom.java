package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** A ConfigMap or Secret whose keys all become environment variables. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "has(self.secretRef) != has(self.configMapRef)",
    message = "write either secretRef or configMapRef")
public record EnvFrom(
    @JsonPropertyDescription("Put before each key") @Size(max = 64) String prefix,
    @JsonPropertyDescription("The Secret; the operator does not read it") NameRef secretRef,
    @JsonPropertyDescription("The ConfigMap") NameRef configMapRef) {}
