package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** The files of a model that the image does not carry. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "self.uri.matches('^(gs://[a-z0-9._-]+/.*[^/]|https://[^/]+/.*[^/])$')",
    message =
        "uri must name an object, a folder of objects or a file, such as gs://models/price/7 or"
            + " https://models.example.com/price-7.bin",
    fieldPath = ".uri")
@ValidationRule(
    value = "self.checksum.matches('^(sha256:[0-9a-f]{64}|crc32c:[0-9a-f]{8})$')",
    message =
        "checksum must be sha256: or crc32c: and the digits in lower case, as sha256sum prints them",
    fieldPath = ".checksum")
public record ModelFiles(
    @JsonPropertyDescription(
            "Where they are: gs://bucket/object, gs://bucket/folder, or https://…. Read by the pods'"
                + " ServiceAccount, once for each pod, before the image starts")
        @Required
        @Size(min = 8, max = 2048) String uri,
    @JsonPropertyDescription(
            "What they add up to: sha256:… or crc32c:…. Of a folder, that of the lines sha256sum"
                + " writes for its files, sorted by name. Other files under the same uri are not"
                + " started: write the new checksum")
        @Required
        @Size(min = 10, max = 80) String checksum,
    @JsonPropertyDescription(
            "Root of a stand-in for Cloud Storage, e.g. http://bucket.local:9060; it is never sent a"
                + " credential")
        @Size(min = 8, max = 512) String localEndpoint) {}
