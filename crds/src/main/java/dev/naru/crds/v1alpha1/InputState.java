package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import java.time.Instant;

/** How old the data of an input is. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record InputState(
    @JsonPropertyDescription("The DataMart") @Size(max = 253) String dataMart,
    @JsonPropertyDescription("Up to when its data is complete; absent while nothing is known")
        Instant dataThrough,
    @JsonPropertyDescription("Whether that is within maxStaleness") Boolean fresh) {}
