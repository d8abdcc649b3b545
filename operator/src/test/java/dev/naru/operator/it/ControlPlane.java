package dev.naru.operator.it;

import dev.naru.operator.kube.Clients;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** One real control plane for all integration tests; it ends with this process. */
final class ControlPlane {

  static final String OPERATOR_NAMESPACE = "naru-system";
  private static final String SERVICE_ACCOUNT = "naru-operator";
  private static ControlPlane instance;

  final KubernetesClient admin;
  final Path auditLog;
  private final String kubeconfig;
  private final Rules rules;
  private final AtomicInteger namespaces = new AtomicInteger();

  /** The shipped rights, as the chart reads them: the rules of each purpose. */
  record Rules(
      Map<String, List<PolicyRule>> watched,
      Map<String, List<PolicyRule>> own,
      Map<String, List<PolicyRule>> cluster) {}

  static synchronized ControlPlane get() {
    if (instance == null) {
      instance = new ControlPlane();
    }
    return instance;
  }

  private ControlPlane() {
    try {
      var root = root();
      var folder = root.resolve("operator/target/control-plane");
      var up =
          new ProcessBuilder(
                  root.resolve("e2e/cluster/control-plane").toString(),
                  "up",
                  folder.toString(),
                  "--watch-parent",
                  Long.toString(ProcessHandle.current().pid()))
              .redirectErrorStream(true)
              .redirectOutput(root.resolve("operator/target/control-plane.log").toFile())
              .start();
      if (!up.waitFor(5, TimeUnit.MINUTES) || up.exitValue() != 0) {
        throw new IllegalStateException(
            "no control plane:\n"
                + Files.readString(root.resolve("operator/target/control-plane.log")));
      }
      kubeconfig = Files.readString(folder.resolve("kubeconfig"));
      auditLog = folder.resolve("audit.log");
      admin = Clients.of(Config.fromKubeconfig(kubeconfig));
      rules =
          Serialization.unmarshal(
              Files.readString(root.resolve("charts/naru/files/rules.yaml")), Rules.class);
      for (var kind : List.of("warehouses", "connections", "ingestionjobs", "workloadtemplates")) {
        var crd =
            Serialization.unmarshal(
                Files.readString(root.resolve("crds/" + kind + ".yaml")),
                CustomResourceDefinition.class);
        admin.resource(crd).serverSideApply();
        Await.until(
            kind + " are served",
            () ->
                admin.resource(crd).get().getStatus() != null
                    && admin.resource(crd).get().getStatus().getConditions().stream()
                        .anyMatch(
                            it ->
                                it.getType().equals("Established")
                                    && it.getStatus().equals("True")));
      }
      admin
          .resource(
              new NamespaceBuilder()
                  .withNewMetadata()
                  .withName(OPERATOR_NAMESPACE)
                  .endMetadata()
                  .build())
          .serverSideApply();
      grant(OPERATOR_NAMESPACE, rules.own());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** A namespace of its own for a test, in which the operator has exactly the shipped rights. */
  String namespace() {
    var name = "t" + namespaces.incrementAndGet() + "-" + ProcessHandle.current().pid();
    admin
        .resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
        .create();
    admin
        .resource(
            new ServiceAccountBuilder()
                .withNewMetadata()
                .withNamespace(name)
                .withName("ingest")
                .endMetadata()
                .build())
        .create();
    grant(name, rules.watched());
    return name;
  }

  /** A namespace for the operator's own objects, with a lease that no other test asks for. */
  String home() {
    var name = "home" + namespaces.incrementAndGet() + "-" + ProcessHandle.current().pid();
    admin
        .resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
        .create();
    grant(name, rules.own());
    return name;
  }

  /** The operator's identity, without any rights of the administrator. */
  Config operatorConfig() {
    return new ConfigBuilder(Config.fromKubeconfig(kubeconfig))
        .withImpersonateUsername(
            "system:serviceaccount:" + OPERATOR_NAMESPACE + ":" + SERVICE_ACCOUNT)
        .withImpersonateGroups("system:serviceaccounts", "system:authenticated")
        .build();
  }

  private void grant(String namespace, Map<String, List<PolicyRule>> granted) {
    granted.forEach((purpose, it) -> grant(namespace, SERVICE_ACCOUNT + "-" + purpose, it));
  }

  private void grant(String namespace, String role, List<PolicyRule> granted) {
    admin
        .resource(
            new RoleBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(role)
                .endMetadata()
                .withRules(granted)
                .build())
        .serverSideApply();
    admin
        .resource(
            new RoleBindingBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(role)
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "Role", role)
                .addNewSubject("", "ServiceAccount", SERVICE_ACCOUNT, OPERATOR_NAMESPACE)
                .build())
        .serverSideApply();
  }

  static Path root() {
    var folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("mvnw"))) {
      folder = folder.getParent();
    }
    return folder;
  }
}
