package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;

/** How the target is brought up to date. */
public enum LoadMode {
  /** Replace everything on each run. */
  @JsonProperty("Full")
  FULL,
  /** Carry over what changed since the last run. */
  @JsonProperty("Incremental")
  INCREMENTAL,
  /** A value this version does not know, written by a newer one; never treat it as the default. */
  @JsonIgnore
  @JsonEnumDefaultValue
  UNKNOWN
}
