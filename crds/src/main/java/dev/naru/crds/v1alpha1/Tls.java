package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** Transport security of a connection. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value =
        "!has(self.caRef) || !has(self.mode) || self.mode == 'VerifyCA' || self.mode == "
            + "'VerifyFull'",
    message =
        "caRef is only used by the modes VerifyCA and VerifyFull: choose one of them or "
            + "remove caRef",
    fieldPath = ".caRef",
    reason = "FieldValueForbidden")
@ValidationRule(
    value = "!has(self.serverName) || !has(self.mode) || self.mode == 'VerifyFull'",
    message = "serverName is only used by mode VerifyFull: choose that or remove serverName",
    fieldPath = ".serverName",
    reason = "FieldValueForbidden")
@ValidationRule(
    value = "!has(self.serverName) || self.serverName.matches(" + Rules.HOST + ")",
    message =
        "serverName must be the name in the server's certificate alone, such as "
            + "rental-db.prod.internal",
    fieldPath = ".serverName")
public record Tls(
    @JsonPropertyDescription(
            "Disable: no encryption. Require: encryption, any certificate. VerifyCA: signed "
                + "by a trusted CA. VerifyFull: and made out to the host. Default VerifyFull")
        TlsMode mode,
    @JsonPropertyDescription("CA certificates (PEM) to trust instead of those of the image")
        CaRef caRef,
    @JsonPropertyDescription("Name the certificate must be made out to, when it is not the host")
        @Size(min = 1, max = 253) String serverName) {}
