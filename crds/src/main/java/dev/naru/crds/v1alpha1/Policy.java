package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** What must hold for every resource that uses a template. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value =
        "!has(self.requiredLabels) || self.requiredLabels.all(key, key.matches("
            + Rules.LABEL_KEY
            + "))",
    message = "requiredLabels must hold keys of labels, such as team or example.com/team",
    fieldPath = ".requiredLabels")
@ValidationRule(
    value =
        "!has(self.requiredLabels) || !self.requiredLabels.exists(key, key.matches("
            + Rules.RESERVED_LABEL
            + "))",
    message = "requiredLabels" + Rules.RESERVED_MESSAGE,
    fieldPath = ".requiredLabels",
    reason = "FieldValueForbidden")
@ValidationRule(
    value =
        "!has(self.registries) || self.registries.all(registry, registry.matches("
            + Rules.REGISTRY
            + "))",
    message =
        "registries must hold the beginning of images, host first, without https://, tag or slash "
            + "at the end, such as asia-docker.pkg.dev/my-project/models or docker.io/library",
    fieldPath = ".registries")
public record Policy(
    @JsonPropertyDescription("How much CPU and memory a container may have")
        PolicyResources resources,
    @JsonPropertyDescription(
            "Keys of labels that the pod must have, from whichever template or from the resource "
                + "itself, e.g. team")
        @Size(max = 16) List<@Size(min = 1, max = 317) String> requiredLabels,
    @JsonPropertyDescription(
            "Where images that users name must come from, e.g. asia-docker.pkg.dev/my-project: that "
                + "host and path, or a folder below. Absent allows every registry. Does not concern "
                + "the image of Naru's worker, which the chart sets")
        @Size(max = 16) List<@Size(min = 1, max = 255) String> registries) {

  public Policy {
    requiredLabels = Copies.of(requiredLabels);
    registries = Copies.of(registries);
  }
}
