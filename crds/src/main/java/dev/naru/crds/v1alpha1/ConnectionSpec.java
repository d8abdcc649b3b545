package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;

/** How a source is reached, and how hard it may be read. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value =
        "has(self.postgresql) == (self.type == 'PostgreSQL') && has(self.mysql) == "
            + "(self.type == 'MySQL')",
    messageExpression =
        "'type ' + self.type + ' needs the member ' + (self.type == 'MySQL' ? 'mysql' : "
            + "'postgresql') + ' and no other: describe the server in that member, or change type'")
public record ConnectionSpec(
    @JsonPropertyDescription(
            "Kind of the source; the member of that name describes it. MySQL is also for "
                + "MariaDB")
        @Required
        ConnectionType type,
    @JsonPropertyDescription("A PostgreSQL database; with type PostgreSQL")
        DatabaseServer postgresql,
    @JsonPropertyDescription("A MySQL or MariaDB database; with type MySQL") DatabaseServer mysql,
    @JsonPropertyDescription("Limits that keep the source healthy") Protection protection,
    @JsonPropertyDescription("What may be read") Allow allow) {}
