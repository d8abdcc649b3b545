package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;

/** What becomes of tables that are declared no more. */
public enum DeletionPolicy {
  /** They stay. */
  @JsonProperty("Retain")
  RETAIN,
  /** They are deleted. */
  @JsonProperty("Delete")
  DELETE,
  /** A value this version does not know, written by a newer one; never treat it as the default. */
  @JsonIgnore
  @JsonEnumDefaultValue
  UNKNOWN
}
