package dev.naru.operator.kube;

import dev.naru.crds.Lenient;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;

/** Builds the API server's client, which reads what a newer version may have stored. */
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
        .withKubernetesSerialization(Lenient.serialization())
        .build();
  }
}
