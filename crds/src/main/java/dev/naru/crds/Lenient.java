package dev.naru.crds;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;

/**
 * Reads what a newer version stored: unknown fields are skipped, unknown enum values read as {@code
 * UNKNOWN} (of foreign types: null). Without it one such resource stops every informer of its kind.
 */
public final class Lenient {

  private Lenient() {}

  /** For {@code KubernetesClientBuilder.withKubernetesSerialization}. */
  public static KubernetesSerialization serialization() {
    return new KubernetesSerialization(mapper(), true);
  }

  private static ObjectMapper mapper() {
    return JsonMapper.builder()
        .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .enable(DeserializationFeature.READ_UNKNOWN_ENUM_VALUES_USING_DEFAULT_VALUE)
        .enable(DeserializationFeature.READ_UNKNOWN_ENUM_VALUES_AS_NULL)
        .build();
  }
}
