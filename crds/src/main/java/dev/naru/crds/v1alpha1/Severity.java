package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;

/** What a failed check means. */
public enum Severity {
  /** The table is not published. */
  @JsonProperty("Fail")
  FAIL,
  /** The table is published; the condition tells. */
  @JsonProperty("Warn")
  WARN,
  /** A value this version does not know, written by a newer one; never treat it as the default. */
  @JsonIgnore
  @JsonEnumDefaultValue
  UNKNOWN
}
