package dev.naru.crds.generator;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.util.List;

/**
 * An action of resources in Argo CD; the files beside {@code actions.yaml} hold the scripts.
 *
 * @param answeredBy fields a kind must have, so that the operator can answer the action
 * @param unless fields that a kind must not have
 * @param patch what the script changes, as a merge patch in which {@code TIME} is the current time
 */
record ArgoAction(
    @JsonProperty(required = true) String name,
    @JsonProperty(required = true) String displayName,
    @JsonProperty(required = true) String iconClass,
    @JsonProperty(required = true) List<String> answeredBy,
    List<String> unless,
    @JsonProperty(required = true) JsonNode patch) {

  ArgoAction {
    answeredBy = List.copyOf(answeredBy);
    unless = unless == null ? List.of() : List.copyOf(unless);
  }

  /** Whether resources of the kind with this schema can answer the action. */
  boolean fits(JSONSchemaProps kind) {
    return answeredBy.stream().allMatch(path -> has(kind, path))
        && unless.stream().noneMatch(path -> has(kind, path));
  }

  private static boolean has(JSONSchemaProps schema, String path) {
    var at = schema;
    for (var field : path.split("\\.", -1)) {
      at = at.getProperties() == null ? null : at.getProperties().get(field);
      if (at == null) {
        return false;
      }
    }
    return true;
  }
}
