package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;

/** Length of a partition. */
public enum Granularity {
  @JsonProperty("Hour")
  HOUR,
  @JsonProperty("Day")
  DAY,
  @JsonProperty("Month")
  MONTH,
  @JsonProperty("Year")
  YEAR,
  /** A value this version does not know, written by a newer one; never treat it as the default. */
  @JsonIgnore
  @JsonEnumDefaultValue
  UNKNOWN
}
