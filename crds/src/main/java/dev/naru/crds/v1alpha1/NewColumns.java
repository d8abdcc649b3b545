package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;

/** What happens with a column that the source has and the target lacks. */
public enum NewColumns {
  /** Add it to the target. */
  @JsonProperty("Add")
  ADD,
  /** Leave it out and say so in status. */
  @JsonProperty("Report")
  REPORT,
  /** Fail the run. */
  @JsonProperty("Fail")
  FAIL,
  /** A value this version does not know, written by a newer one; never treat it as the default. */
  @JsonIgnore
  @JsonEnumDefaultValue
  UNKNOWN
}
