package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** When runs start by themselves. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
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
