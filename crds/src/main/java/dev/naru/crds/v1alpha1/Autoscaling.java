package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** Number of pods by load. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "self.minReplicas <= self.maxReplicas",
    message = "minReplicas is above maxReplicas: write at most as many",
    fieldPath = ".minReplicas")
@ValidationRule(
    value =
        "!has(self.scaleDownStabilization) || (self.scaleDownStabilization.matches("
            + Rules.DURATION
            + ") && duration(self.scaleDownStabilization) <= duration('1h'))",
    message = "scaleDownStabilization" + Rules.DURATION_MESSAGE + ", and at most 1h",
    fieldPath = ".scaleDownStabilization")
public record Autoscaling(
    @JsonPropertyDescription("At least so many pods") @Required @Min(1) @Max(1000) Integer minReplicas,
    @JsonPropertyDescription("At most so many pods") @Required @Min(1) @Max(1000) Integer maxReplicas,
    @JsonPropertyDescription(
            "CPU that pods use on average, in percent of what they request, that is kept to by more"
                + " or fewer pods. Default 70")
        @Min(1) @Max(1000) Integer targetCPUUtilizationPercentage,
    @JsonPropertyDescription(
            "How long the load must have been lower before pods are taken away. Default 5m")
        @Size(min = 2, max = 32) String scaleDownStabilization) {}
