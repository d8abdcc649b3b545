package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;

/** How much of the server's identity is verified. */
public enum TlsMode {
  /** No encryption. */
  @JsonProperty("Disable")
  DISABLE,
  /** Encryption; the certificate is not looked at. */
  @JsonProperty("Require")
  REQUIRE,
  /** Encryption; the certificate must be signed by a trusted CA. */
  @JsonProperty("VerifyCA")
  VERIFY_CA,
  /** As VerifyCA, and the certificate must be for the host. */
  @JsonProperty("VerifyFull")
  VERIFY_FULL,
  /** A value this version does not know, written by a newer one; never treat it as the default. */
  @JsonIgnore
  @JsonEnumDefaultValue
  UNKNOWN
}
