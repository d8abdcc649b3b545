package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;

/** Where a rollout by steps is. */
public enum RolloutPhase {
  /** What is declared is rolled out. */
  @JsonProperty("Settled")
  SETTLED,
  /** The declared revision takes its share. */
  @JsonProperty("Running")
  RUNNING,
  /** Somebody has asked to stay at this step. */
  @JsonProperty("Held")
  HELD,
  /** The declared revision has failed and keeps its share. */
  @JsonProperty("Failed")
  FAILED,
  /** It has passed all steps and is rolled out. */
  @JsonProperty("Promoting")
  PROMOTING,
  /** It has failed, or somebody asked for it: it gets no requests. */
  @JsonProperty("RolledBack")
  ROLLED_BACK,
  /** A value this version does not know, written by a newer one. */
  @JsonIgnore
  @JsonEnumDefaultValue
  UNKNOWN
}
