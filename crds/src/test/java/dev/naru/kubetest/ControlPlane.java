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
import java.util.concurrent.TimeUnit;

/**
 * A real API server with etcd and controllers but no node, with Naru's CRDs. It is started once per
 * JVM on free ports, and stops when the JVM ends, however it ends; logs and audit log stay in
 * {@code target/control-plane-<pid>}. Missing binaries are compiled, which takes minutes once.
 */
public final class ControlPlane {

  private final Path repository;
  private final Path folder;
  private final String kubectl;
  private final KubernetesClient client;

  private ControlPlane(Path repository, Path folder) {
    this.repository = repository;
    this.folder = folder;
    this.kubectl =
        run(1, "bash", "-c", ". " + repository.resolve("e2e/lib.sh") + "; find_kubectl").strip();
    run(
        10,
        repository.resolve("e2e/cluster/control-plane").toString(),
        "up",
        folder.toString(),
        "--watch-parent",
        Long.toString(ProcessHandle.current().pid()));
    this.client = newClient();
    installCrds();
  }

  /** Starts one, below the folder of the module under test. */
  static ControlPlane start() {
    var folder = Path.of("target", "control-plane-" + ProcessHandle.current().pid());
    return new ControlPlane(repository(), folder.toAbsolutePath());
  }

  /** A client with all rights that reads as leniently as the operator. */
  public KubernetesClient client() {
    return client;
  }

  /** Another such client; the caller closes it. */
  public KubernetesClient newClient() {
    return new KubernetesClientBuilder()
        .withConfig(Config.fromKubeconfig(read(kubeconfig())))
        .withKubernetesSerialization(Lenient.serialization())
        .withHttpClientFactory(new JdkHttpClientFactory())
        .build();
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
    return run(1, command.toArray(String[]::new));
  }

  private void installCrds() {
    var crds = repository.resolve("crds").toString();
    kubectl("apply", "--server-side", "--field-manager", "naru", "-f", crds);
    kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s");
  }

  /** Runs a command to its end and returns its output, errors included. */
  private static String run(int minutes, String... command) {
    try {
      var output = Files.createTempFile("naru-", ".log");
      try {
        var process =
            new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!process.waitFor(minutes, TimeUnit.MINUTES)) {
          process.destroy();
          throw new AssertionError(String.join(" ", command) + " took too long:\n" + read(output));
        }
        if (process.exitValue() != 0) {
          throw new AssertionError(String.join(" ", command) + " failed:\n" + read(output));
        }
        return read(output);
      } finally {
        Files.delete(output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path repository() {
    for (var folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      if (Files.exists(folder.resolve("mvnw"))) {
        return folder;
      }
    }
    throw new AssertionError("no mvnw above " + Path.of("").toAbsolutePath());
  }
}
