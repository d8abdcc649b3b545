package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;

/** What a check looks for. */
public enum CheckType {
  @JsonProperty("NotNull")
  NOT_NULL,
  @JsonProperty("Unique")
  UNIQUE,
  @JsonProperty("Accepted")
  ACCEPTED,
  @JsonProperty("Range")
  RANGE,
  @JsonProperty("Rows")
  ROWS,
  @JsonProperty("Freshness")
  FRESHNESS,
  @JsonProperty("Relationship")
  RELATIONSHIP,
  @JsonProperty("Query")
  QUERY,
  /** A value this version does not know, written by a newer one; never treat it as the default. */
  @JsonIgnore
  @JsonEnumDefaultValue
  UNKNOWN
}
