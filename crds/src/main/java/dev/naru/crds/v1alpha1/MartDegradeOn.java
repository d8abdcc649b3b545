package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;

/** What makes a mart Degraded. */
public enum MartDegradeOn {
  /** The last run failed. */
  @JsonProperty("Run")
  RUN,
  /** A check of the last run failed, also one of severity Warn. */
  @JsonProperty("Checks")
  CHECKS,
  /** Data is later than its deadline. */
  @JsonProperty("Freshness")
  FRESHNESS,
  /** A value this version does not know, written by a newer one; never treat it as the default. */
  @JsonIgnore
  @JsonEnumDefaultValue
  UNKNOWN
}
