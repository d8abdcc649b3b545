package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;

/** Whether a run waits for the data it reads. */
public enum UpstreamWait {
  /** Until the data of every upstream reaches to the end of the run's window. */
  @JsonProperty("All")
  ALL,
  /** Upstreams are not looked at. */
  @JsonProperty("None")
  NONE,
  /** A value this version does not know, written by a newer one; never treat it as the default. */
  @JsonIgnore
  @JsonEnumDefaultValue
  UNKNOWN
}
