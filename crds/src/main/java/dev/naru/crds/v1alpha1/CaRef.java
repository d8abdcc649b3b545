package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/** Where CA certificates are; exactly one member. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record CaRef(
    @JsonPropertyDescription("Key of a ConfigMap") KeyRef configMapKeyRef,
    @JsonPropertyDescription("Key of a Secret") KeyRef secretKeyRef) {}
