package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;

/** When tables of a run become visible. */
public enum PublishPolicy {
  /** When all tables of the run are built and checked. */
  @JsonProperty("WhenAllPass")
  WHEN_ALL_PASS,
  /** Each as soon as it is built and checked. */
  @JsonProperty("EachWhenPasses")
  EACH_WHEN_PASSES,
  /** A value this version does not know, written by a newer one; never treat it as the default. */
  @JsonIgnore
  @JsonEnumDefaultValue
  UNKNOWN
}
