package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** Where the SQL of a table stands. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "has(self.inline) != has(self.configMapKeyRef)",
    message = "sql must have exactly one of inline and configMapKeyRef")
public record SqlSource(
    @JsonPropertyDescription(
            "The query itself. Tables are named with their dataset: soda_store.reservation_daily")
        @Size(min = 1, max = 32768) String inline,
    @JsonPropertyDescription(
            "A key of a ConfigMap in the same namespace that is labelled naru.dev/input=true")
        KeyRef configMapKeyRef) {}
