package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** For which resources a template counts. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record UsedBy(
    @JsonPropertyDescription("How many they are") @Min(0) @Max(1_000_000) Integer count,
    @JsonPropertyDescription("The first of them, by kind and name") @Size(max = MOST) List<Resource> resources) {

  /** How many resources are listed. */
  public static final int MOST = 50;

  public UsedBy {
    resources = Copies.of(resources);
  }

  /** A resource in the namespace of the template. */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  public record Resource(
      @JsonPropertyDescription("Its kind") @Size(max = 64) String kind,
      @JsonPropertyDescription("Its name") @Size(max = 253) String name) {}
}
