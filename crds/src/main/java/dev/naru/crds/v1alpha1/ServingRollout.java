package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** How a new revision takes over, share by share. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value =
        "self.steps[self.steps.size() - 1] == 100 && [0, 1, 2, 3, 4, 5, 6, 7, 8].all(it, it + 1 >="
            + " self.steps.size() || self.steps[it] < self.steps[it + 1])",
    message = "steps must grow and end with 100, such as [10, 50, 100]",
    fieldPath = ".steps")
@ValidationRule(
    value =
        "!has(self.interval) || (self.interval.matches("
            + Rules.DURATION
            + ") && duration(self.interval) >= duration('10s') && duration(self.interval) <="
            + " duration('168h'))",
    message = "interval" + Rules.DURATION_MESSAGE + ", from 10s to 168h",
    fieldPath = ".interval")
@ValidationRule(
    value =
        "!has(self.hostname) ||"
            + " self.hostname.matches('^[a-z0-9]([a-z0-9-]*[a-z0-9])?([.][a-z0-9]([a-z0-9-]*[a-z0-9])?)*$')",
    message = "hostname must be the name that clients ask for, such as price.example.com",
    fieldPath = ".hostname")
public record ServingRollout(
    @JsonPropertyDescription("The Gateway through which the requests come") @Required
        GatewayReference gatewayRef,
    @JsonPropertyDescription(
            "Name that clients ask the Gateway for. Default: name and namespace of the service, such"
                + " as price.rental; with both an HTTP and a GRPC port gRPC has the same behind grpc.")
        @Size(min = 1, max = 253) String hostname,
    @JsonPropertyDescription(
            "Shares of the new revision in percent of the requests, growing; the last is 100. After"
                + " it the new revision takes the place of the old one")
        @Required
        @Size(min = 1, max = 10) List<@Min(1) @Max(100) Integer> steps,
    @JsonPropertyDescription("How long each step lasts at least. Default 10m")
        @Size(min = 2, max = 32) String interval,
    @JsonPropertyDescription(
            "What the metrics of the new revision's pods must show, beside those of the old one."
                + " Absent: time alone decides, and whether its pods are ready")
        RolloutAnalysis analysis,
    @JsonPropertyDescription(
            "Rollback: a new revision that fails gets no requests any more. Hold: it keeps its share"
                + " until a person decides. Default Rollback")
        RolloutFailure onFailure) {

  public ServingRollout {
    steps = Copies.of(steps);
  }
}
