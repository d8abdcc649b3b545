package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Map;

/** CPU and memory of a container. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Resources(
    @JsonPropertyDescription("What the scheduler reserves on a node, e.g. cpu: 500m, memory: 512Mi")
        @Size(max = 8) Map<String, Quantity> requests,
    @JsonPropertyDescription("What the container may not exceed, e.g. memory: 512Mi") @Size(max = 8) Map<String, Quantity> limits) {

  public Resources {
    requests = Copies.of(requests);
    limits = Copies.of(limits);
  }
}
