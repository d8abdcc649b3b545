package dev.naru.kubetest;

import dev.naru.crds.Lenient;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * A real API server with etcd and controllers but no node, with Naru's CRDs. It is started once per
 * JVM on free ports, and stops when the JVM ends, however it ends; logs and audit log stay in
 * {@code target/control-plane-<pid>}. Missing binaries are compiled, which takes minutes once.
 */
public final class ControlPlane {

  private final Path folder;
  private final String kubectl;
  private final KubernetesClient client;

  private ControlPlane(Path folder) {
    this.folder = folder;
    Commands.run(
        30,
        Commands.script("e2e/cluster/control-plane"),
        "up",
        folder.toString(),
        "--watch-parent",
        Long.toString(ProcessHandle.current().pid()));
    var library = Commands.script("e2e/lib.sh");
    this.kubectl = Commands.run(10, "bash", "-c", ". " + library + "; find_kubectl").strip();
    this.client = newClient();
    installCrds();
  }

  /** Starts one, below the folder of the module under test. */
  static ControlPlane start() {
    var folder = Path.of("target", "control-plane-" + ProcessHandle.current().pid());
    return new ControlPlane(folder.toAbsolutePath());
  }

  /** A client with all rights that reads as leniently as the operator. */
  public KubernetesClient client() {
    return client;
  }

  /** Another such client; the caller closes it. */
  public KubernetesClient newClient() {
    return new KubernetesClientBuilder()
        .withConfig(config())
        .withKubernetesSerialization(Lenient.serialization())
        .withHttpClientFactory(new JdkHttpClientFactory())
        .build();
  }

  /** How clients reach the API server. */
  public Config config() {
    try {
      return Config.fromKubeconfig(Files.readString(kubeconfig()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Path kubeconfig() {
    return folder.resolve("kubeconfig");
  }

  /** Every write that the API server was asked for, one JSON object per line. */
  public Path auditLog() {
    return folder.resolve("audit.log");
  }

  /** Creates a namespace of its own for a test. */
  public String newNamespace() {
    var name = "test-" + UUID.randomUUID().toString().substring(0, 8);
    var namespace = new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build();
    client.resource(namespace).create();
    return name;
  }

  /**
   * What {@code kubectl} prints.
   *
   * @throws AssertionError when it fails, with what it said
   */
  public String kubectl(String... arguments) {
    var command = new ArrayList<>(List.of(kubectl, "--kubeconfig", kubeconfig().toString()));
    command.addAll(List.of(arguments));
    return Commands.run(1, command.toArray(String[]::new));
  }

  private void installCrds() {
    var crds = Commands.script("crds");
    kubectl("apply", "--server-side", "--field-manager", "naru", "-f", crds);
    kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s");
  }
}
