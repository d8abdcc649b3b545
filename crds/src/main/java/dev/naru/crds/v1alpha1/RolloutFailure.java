package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;

/** What becomes of a new revision that fails while it is rolled out by steps. */
public enum RolloutFailure {
  /** All requests go to the older one again. */
  @JsonProperty("Rollback")
  ROLLBACK,
  /** It keeps its share until a person decides. */
  @JsonProperty("Hold")
  HOLD,
  /** A value this version does not know, written by a newer one; never treat it as the default. */
  @JsonIgnore
  @JsonEnumDefaultValue
  UNKNOWN
}
