package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import java.util.Map;

/** What answers. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record ModelServiceStatus(
    @JsonPropertyDescription(
            "Generation of the spec this status was computed from; -1 before the first")
        Long observedGeneration,
    @JsonPropertyDescription(
            "Ready, also while an older revision answers and a newer one does not; InputsFresh with"
                + " spec.inputs; Reconciling and Stalled only when True")
        @Size(max = 16) List<Condition> conditions,
    @JsonPropertyDescription("Where it answers inside the cluster") @Size(max = 512) String url,
    @JsonPropertyDescription("The revision that answers: label naru.dev/revision of its pods")
        @Size(max = 63) String revision,
    @JsonPropertyDescription("Image of that revision") @Size(max = 1024) String image,
    @JsonPropertyDescription("Pods that answer, of those there should be, such as 2/3")
        @Size(max = 16) String replicas,
    @JsonPropertyDescription("The declared revision, while another one answers")
        ServingRevision next,
    @JsonPropertyDescription("Where the rollout by steps is, with spec.rollout")
        RolloutStatus rollout,
    @JsonPropertyDescription(
            "How old the data is that the service reads, in the order of spec.inputs")
        @Size(max = 16) List<InputState> inputs,
    @JsonPropertyDescription(
            "Fields that are absent in spec, by path, and the value that counts; in brackets the"
                + " template it comes from, nothing where it is Naru's own default")
        @Size(max = 32) Map<String, @Size(max = 256) String> effective,
    @JsonPropertyDescription("Token of the last request to hold the rollout that was handled")
        @Size(max = 253) String lastHandledHoldRequest,
    @JsonPropertyDescription("Token of the last request for the next step that was handled")
        @Size(max = 253) String lastHandledContinueRequest,
    @JsonPropertyDescription("Token of the last request to roll back that was handled")
        @Size(max = 253) String lastHandledRollbackRequest) {

  public ModelServiceStatus {
    conditions = Copies.of(conditions);
    inputs = Copies.of(inputs);
    effective = Copies.of(effective);
  }

  /** The same, but for what was decided about the rollout and what was asked of it. */
  public ModelServiceStatus deciding(
      RolloutStatus decided, String hold, String goOn, String rollback) {
    return new ModelServiceStatus(
        observedGeneration,
        conditions,
        url,
        revision,
        image,
        replicas,
        next,
        decided,
        inputs,
        effective,
        hold,
        goOn,
        rollback);
  }
}
