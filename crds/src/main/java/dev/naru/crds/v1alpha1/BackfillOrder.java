package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;

/** Which intervals come first. */
public enum BackfillOrder {
  @JsonProperty("OldestFirst")
  OLDEST_FIRST,
  @JsonProperty("NewestFirst")
  NEWEST_FIRST,
  /** A value this version does not know, written by a newer one; never treat it as the default. */
  @JsonIgnore
  @JsonEnumDefaultValue
  UNKNOWN
}
