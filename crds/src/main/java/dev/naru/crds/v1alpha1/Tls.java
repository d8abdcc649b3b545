package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;

/** Transport security of a connection. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Tls(
    @JsonPropertyDescription(
            "Disable: no encryption. Require: encryption, any certificate. VerifyCA: signed "
                + "by a trusted CA. VerifyFull: and made out to the host. Default VerifyFull")
        TlsMode mode,
    @JsonPropertyDescription("CA certificates (PEM) to trust instead of those of the image")
        CaRef caRef,
    @JsonPropertyDescription("Name the certificate must be made out to, when it is not the host")
        @Size(min = 1, max = 253) String serverName) {}
