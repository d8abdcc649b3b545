package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Map;

/** Finds objects by their labels. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value =
        "self.matchLabels.all(key, key.matches("
            + Rules.LABEL_KEY
            + ") && self.matchLabels[key].matches("
            + Rules.LABEL_VALUE
            + "))",
    message = "matchLabels" + Rules.LABEL_MESSAGE,
    fieldPath = ".matchLabels")
public record Selector(
    @JsonPropertyDescription("The labels, all of them, e.g. kubernetes.io/metadata.name: rental")
        @Required
        @Size(min = 1, max = 8) Map<String, @Size(max = 63) String> matchLabels) {

  public Selector {
    matchLabels = Copies.of(matchLabels);
  }
}
