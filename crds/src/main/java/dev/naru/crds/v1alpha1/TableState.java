package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;

/** How a table of a mart stands. */
public enum TableState {
  /** For what it reads, or for its turn. */
  @JsonProperty("Waiting")
  WAITING,
  /** Its query runs. */
  @JsonProperty("Building")
  BUILDING,
  /** Its checks run. */
  @JsonProperty("Checking")
  CHECKING,
  /** Built and checked; published with the others. */
  @JsonProperty("Checked")
  CHECKED,
  @JsonProperty("Publishing")
  PUBLISHING,
  /** By the newest run. */
  @JsonProperty("Published")
  PUBLISHED,
  /** Its last published rows are still there. */
  @JsonProperty("Failed")
  FAILED,
  /** Because something it reads failed. */
  @JsonProperty("Skipped")
  SKIPPED,
  /** A value this version does not know, written by a newer one; never treat it as the default. */
  @JsonIgnore
  @JsonEnumDefaultValue
  UNKNOWN
}
