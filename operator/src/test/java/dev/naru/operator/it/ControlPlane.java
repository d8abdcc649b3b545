package dev.naru.operator.it;

import dev.naru.operator.kube.Clients;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleRef;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** One real control plane for all integration tests; it ends with this process. */
final class ControlPlane {

  static final String OPERATOR_NAMESPACE = "naru-system";

  private static ControlPlane instance;

  final KubernetesClient admin;
  final Path auditLog;
  private final String kubeconfig;
  private final Rules rules;
  private final AtomicInteger namespaces = new AtomicInteger();

  /** The operator's identities, each with the rights of one way to install it. */
  enum Account {
    /** Rights in the namespaces that a test makes. */
    LISTED("naru-operator"),
    /** Rights everywhere, and on namespaces. */
    EVERYWHERE("naru-operator-everywhere");

    private final String serviceAccount;

    Account(String serviceAccount) {
      this.serviceAccount = serviceAccount;
    }

    /** As the API server calls it. */
    String user() {
      return "system:serviceaccount:" + OPERATOR_NAMESPACE + ":" + serviceAccount;
    }
  }

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
      var command =
          new ProcessBuilder(
                  root.resolve("e2e/cluster/control-plane").toString(),
                  "up",
                  folder.toString(),
                  "--watch-parent",
                  Long.toString(ProcessHandle.current().pid()))
              .redirectErrorStream(true)
              .redirectOutput(root.resolve("operator/target/control-plane.log").toFile());
      // what the operator reads too: a right that it never uses must not be granted
      command
          .environment()
          .put(
              "NARU_AUDIT_POLICY",
              Files.readString(root.resolve("e2e/cluster/config/audit-operator.yaml")));
      var up = command.start();
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
      for (var kind :
          List.of(
              "warehouses",
              "connections",
              "ingestionjobs",
              "datamarts",
              "backfills",
              "modelservices",
              "workloadtemplates")) {
        var crd =
            Serialization.unmarshal(
                Files.readString(root.resolve("crds/" + kind + ".yaml")),
                CustomResourceDefinition.class);
        define(admin, crd);
      }
      admin
          .resource(
              new NamespaceBuilder()
                  .withNewMetadata()
                  .withName(OPERATOR_NAMESPACE)
                  .endMetadata()
                  .build())
          .serverSideApply();
      for (var account : Account.values()) {
        admin
            .resource(
                new ServiceAccountBuilder()
                    .withNewMetadata()
                    .withNamespace(OPERATOR_NAMESPACE)
                    .withName(account.serviceAccount)
                    .endMetadata()
                    .build())
            .serverSideApply();
        grant(OPERATOR_NAMESPACE, account, rules.own());
      }
      grantEverywhere(rules.watched());
      grantEverywhere(rules.cluster());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Has a kind served. */
  static void define(KubernetesClient admin, CustomResourceDefinition definition) {
    admin.resource(definition).serverSideApply();
    Await.until(
        definition.getMetadata().getName() + " are served",
        () ->
            admin.resource(definition).get().getStatus() != null
                && admin.resource(definition).get().getStatus().getConditions().stream()
                    .anyMatch(
                        it -> it.getType().equals("Established") && it.getStatus().equals("True")));
  }

  /** A namespace of its own for a test, in which the operator has exactly the shipped rights. */
  String namespace() {
    var name = unusedName();
    createNamespace(name, Map.of());
    return name;
  }

  /** A name that no namespace has. */
  String unusedName() {
    return "t" + namespaces.incrementAndGet() + "-" + ProcessHandle.current().pid();
  }

  /** A namespace with labels, in which the operator has exactly the shipped rights. */
  void createNamespace(String name, Map<String, String> labels) {
    admin
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withName(name)
                .withLabels(labels)
                .endMetadata()
                .build())
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
    grant(name, Account.LISTED, rules.watched());
  }

  /** A namespace for the operator's own objects, with a lease that no other test asks for. */
  String home(Account account) {
    var name = "home" + namespaces.incrementAndGet() + "-" + ProcessHandle.current().pid();
    admin
        .resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
        .create();
    grant(name, account, rules.own());
    return name;
  }

  /** The rules of all purposes that an account has. */
  List<PolicyRule> granted(Account account) {
    var granted = new ArrayList<PolicyRule>();
    rules.watched().values().forEach(granted::addAll);
    rules.own().values().forEach(granted::addAll);
    if (account == Account.EVERYWHERE) {
      rules.cluster().values().forEach(granted::addAll);
    }
    return granted;
  }

  /** The operator's own identity: the token of its service account, and nothing else. */
  Config operatorConfig() {
    return config(Account.LISTED);
  }

  Config config(Account account) {
    var token =
        admin
            .serviceAccounts()
            .inNamespace(OPERATOR_NAMESPACE)
            .withName(account.serviceAccount)
            .tokenRequest(
                new TokenRequestBuilder()
                    .withNewSpec()
                    .withExpirationSeconds(86_400L)
                    .endSpec()
                    .build())
            .getStatus()
            .getToken();
    var config = Config.fromKubeconfig(kubeconfig);
    return new ConfigBuilder(Config.empty())
        .withMasterUrl(config.getMasterUrl())
        .withCaCertData(config.getCaCertData())
        .withOauthToken(token)
        .build();
  }

  private void grant(String namespace, Account account, Map<String, List<PolicyRule>> purposes) {
    grant(Optional.of(namespace), account, purposes);
  }

  private void grantEverywhere(Map<String, List<PolicyRule>> purposes) {
    grant(Optional.empty(), Account.EVERYWHERE, purposes);
  }

  /** A role for each purpose, in one namespace or in all. */
  private void grant(
      Optional<String> namespace, Account account, Map<String, List<PolicyRule>> purposes) {
    var subject = new Subject("", "ServiceAccount", account.serviceAccount, OPERATOR_NAMESPACE);
    purposes.forEach(
        (purpose, granted) -> {
          var name = account.serviceAccount + "-" + purpose;
          var metadata =
              new ObjectMetaBuilder().withNamespace(namespace.orElse(null)).withName(name).build();
          if (namespace.isPresent()) {
            var role = new RoleRef("rbac.authorization.k8s.io", "Role", name);
            apply(new RoleBuilder().withMetadata(metadata).withRules(granted).build());
            apply(
                new RoleBindingBuilder()
                    .withMetadata(metadata)
                    .withRoleRef(role)
                    .withSubjects(subject)
                    .build());
          } else {
            var role = new RoleRef("rbac.authorization.k8s.io", "ClusterRole", name);
            apply(new ClusterRoleBuilder().withMetadata(metadata).withRules(granted).build());
            apply(
                new ClusterRoleBindingBuilder()
                    .withMetadata(metadata)
                    .withRoleRef(role)
                    .withSubjects(subject)
                    .build());
          }
        });
  }

  private void apply(HasMetadata object) {
    admin.resource(object).serverSideApply();
  }

  static Path root() {
    var folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("mvnw"))) {
      folder = folder.getParent();
    }
    return folder;
  }
}
