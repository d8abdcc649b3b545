package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;

/** How a table of a mart is kept. */
public enum MaterializationType {
  /** Every run replaces everything. */
  @JsonProperty("Table")
  TABLE,
  /** A stored query. */
  @JsonProperty("View")
  VIEW,
  /** A stored query whose result BigQuery keeps. */
  @JsonProperty("MaterializedView")
  MATERIALIZED_VIEW,
  /** A run replaces the partitions of its window. */
  @JsonProperty("Partitions")
  PARTITIONS,
  /** A run replaces rows by key and adds new ones. */
  @JsonProperty("Merge")
  MERGE,
  /** A value this version does not know, written by a newer one; never treat it as the default. */
  @JsonIgnore
  @JsonEnumDefaultValue
  UNKNOWN
}
