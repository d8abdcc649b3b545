package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.ValidationRule;

/** How it is seen that a pod can answer. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value =
        "!has(self.readiness) || !has(self.liveness) || !has(self.readiness.path) ||"
            + " !has(self.liveness.path) || self.readiness.path != self.liveness.path",
    message =
        "liveness.path is that of readiness: a model that is loaded again would have its pod"
            + " killed. Name a path that answers whenever the process works, or remove liveness",
    fieldPath = ".liveness.path")
public record ServingProbes(
    @JsonPropertyDescription("How long a start may take") StartupLimit startup,
    @JsonPropertyDescription(
            "What answers when the pod can take requests. Default: the first port, GET / where it"
                + " is HTTP, the service of health where it is GRPC, a connection where it is TCP")
        ProbeTarget readiness,
    @JsonPropertyDescription(
            "What answers as long as the process works; a pod that fails here is started anew."
                + " Default: a connection to the port of readiness")
        ProbeTarget liveness) {}
