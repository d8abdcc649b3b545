package dev.naru.operator.kube;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;

/** Builds the API server's client. */
public final class Clients {

  private Clients() {}

  /** A client over the JDK's HTTP client. */
  public static KubernetesClient of(Config config) {
    return of(config, new JdkHttpClientFactory());
  }

  /** As {@link #of(Config)}, with a factory that may watch what is sent. */
  public static KubernetesClient of(Config config, HttpClient.Factory http) {
    return new KubernetesClientBuilder()
        .withConfig(config)
        .withHttpClientFactory(http)
        .withKubernetesSerialization(lenient())
        .build();
  }

  /**
   * Reads what a newer version may have stored: an unknown field is ignored, an unknown enum value
   * becomes the model's {@code UNKNOWN}. Otherwise a single such object would stop the informer,
   * and with it the operator.
   */
  public static KubernetesSerialization lenient() {
    ObjectMapper mapper =
        JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.READ_UNKNOWN_ENUM_VALUES_USING_DEFAULT_VALUE)
            .build();
    return new KubernetesSerialization(mapper, true);
  }
}
