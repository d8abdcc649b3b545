package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** When runs start by themselves. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "!self.cron.startsWith('@')",
    message =
        "cron must be written in five fields, macros such as @daily are not read: write 0 0 "
            + "* * * for every midnight",
    fieldPath = ".cron")
@ValidationRule(
    value = "!self.cron.contains('TZ=')",
    message = "cron holds no time zone: write it to timeZone, such as timeZone: Asia/Seoul",
    fieldPath = ".cron")
@ValidationRule(
    value =
        "self.cron.startsWith('@') || self.cron.contains('TZ=') || self.cron.matches("
            + Rules.CRON
            + ")",
    message =
        "cron must have five fields: minute 0-59, hour 0-23, day of month 1-31, month 1-12 "
            + "or JAN-DEC, day of week 0-6 or SUN-SAT; for instance 30 4 * * MON-FRI",
    fieldPath = ".cron")
@ValidationRule(
    value =
        "!has(self.timeZone) || "
            + "(self.timeZone.matches('^(UTC|[A-Z][A-Za-z]+(/[A-Z][A-Za-z0-9_+-]*)+)$') && "
            + "timestamp('2000-01-01T00:00:00Z').getFullYear(self.timeZone) > 0)",
    message = "timeZone must be the IANA name of a time zone, such as Asia/Seoul or UTC",
    fieldPath = ".timeZone")
public record Schedule(
    @JsonPropertyDescription(
            "Five fields: minute, hour, day of month, month, day of week, e.g. 30 4 * * *. "
                + "Day of week: 0 or SUN is Sunday")
        @Required
        @Size(min = 1, max = 100) String cron,
    @JsonPropertyDescription(
            "IANA name of the time zone the cron expression is read in, e.g. Asia/Seoul. "
                + "Default UTC")
        @Size(max = 64) String timeZone) {}
