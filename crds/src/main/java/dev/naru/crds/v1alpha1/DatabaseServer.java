package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** A database server and the database to log in to. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "self.host.matches(" + Rules.HOST + ")",
    message =
        "host must be a host name or an IP address alone, such as rental-db.prod.internal; a "
            + "port goes to port, a database to database",
    fieldPath = ".host")
public record DatabaseServer(
    @JsonPropertyDescription("Host name or IP address, as seen from pods")
        @Required
        @Size(min = 1, max = 253) String host,
    @JsonPropertyDescription("TCP port. Default 5432 for PostgreSQL, 3306 for MySQL")
        @Min(1) @Max(65535) Integer port,
    @JsonPropertyDescription("Database to log in to") @Required @Size(min = 1, max = 64) String database,
    @JsonPropertyDescription(
            "Secret with the keys username and password. It is mounted into worker pods; "
                + "the operator never reads it")
        @Required
        NameRef authSecretRef,
    @JsonPropertyDescription("Transport security. Default: verify the server fully") Tls tls) {}
