package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;

/** What is spoken on a port. */
public enum PortProtocol {
  @JsonProperty("HTTP")
  HTTP,
  @JsonProperty("GRPC")
  GRPC,
  @JsonProperty("TCP")
  TCP,
  /** A value this version does not know, written by a newer one; never treat it as the default. */
  @JsonIgnore
  @JsonEnumDefaultValue
  UNKNOWN
}
