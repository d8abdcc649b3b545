package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;

/** The kind of source, and the name of the member that describes it. */
public enum ConnectionType {
  @JsonProperty("PostgreSQL")
  POSTGRESQL,
  /** MySQL and MariaDB. */
  @JsonProperty("MySQL")
  MYSQL,
  /** A value this version does not know, written by a newer one; never treat it as the default. */
  @JsonIgnore
  @JsonEnumDefaultValue
  UNKNOWN
}
