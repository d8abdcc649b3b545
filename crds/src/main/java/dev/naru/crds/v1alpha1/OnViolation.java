package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;

/** What happens when the data that a service reads is too old. */
public enum OnViolation {
  /** A condition tells. */
  @JsonProperty("Report")
  REPORT,
  /** Besides, no new revision is rolled out. */
  @JsonProperty("HoldRollout")
  HOLD_ROLLOUT,
  /** A value this version does not know, written by a newer one; never treat it as the default. */
  @JsonIgnore
  @JsonEnumDefaultValue
  UNKNOWN
}
