package dev.naru.operator.kube;

import dev.naru.crds.Lenient;
import dev.naru.crds.v1alpha1.Labels;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.util.Map;

/**
 * Builds the API server's client, which reads what a newer version may have stored, and says how it
 * writes.
 */
public final class Clients {

  private Clients() {}

  /** A client over the JDK's HTTP client. */
  public static KubernetesClient of(Config config) {
    return of(config, new JdkHttpClientFactory(), Map.of());
  }

  /**
   * As {@link #of(Config)}.
   *
   * @param interceptors see every request, in this order; each replaces one of the same name
   */
  public static KubernetesClient of(
      Config config, HttpClient.Factory http, Map<String, Interceptor> interceptors) {
    return new KubernetesClientBuilder()
        .withConfig(config)
        .withHttpClientFactory(http)
        .withHttpClientBuilderConsumer(it -> interceptors.forEach(it::addOrReplaceInterceptor))
        .withKubernetesSerialization(Lenient.serialization())
        .build();
  }

  /** How all that Naru declares is written: server-side apply, as the owner of what it says. */
  public static PatchContext apply() {
    return new PatchContext.Builder()
        .withPatchType(PatchType.SERVER_SIDE_APPLY)
        .withFieldManager(Labels.NARU)
        .withForce(true)
        .build();
  }

  /** How something is declared in somebody else's name, where nobody owns it. */
  static PatchContext lend(String manager) {
    return new PatchContext.Builder()
        .withPatchType(PatchType.SERVER_SIDE_APPLY)
        .withFieldManager(manager)
        .withForce(false)
        .build();
  }

  /** How a part of it is changed alone. */
  static PatchContext amend() {
    return new PatchContext.Builder()
        .withPatchType(PatchType.JSON_MERGE)
        .withFieldManager(Labels.NARU)
        .build();
  }
}
