package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** One environment variable, as in a Pod. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "self.name.matches('^[A-Za-z_][A-Za-z0-9_.-]*$')",
    message = "name must be that of a variable, made of letters, digits and _, such as MART",
    fieldPath = ".name")
@ValidationRule(
    value = "!(has(self.value) && has(self.valueFrom))",
    message = "write either value or valueFrom",
    fieldPath = ".value")
public record EnvVariable(
    @JsonPropertyDescription("Name of the variable") @Required @Size(min = 1, max = 253) String name,
    @JsonPropertyDescription("Its value; absent, without valueFrom, means empty") @Size(max = 8192) String value,
    @JsonPropertyDescription("Where its value stands; the operator does not read it")
        EnvSource valueFrom) {}
