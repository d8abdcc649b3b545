package dev.naru.operator.runtime;

import dev.naru.operator.runtime.Right.Scope;
import java.util.List;

/**
 * All rights of the operator, the one place they are declared. The chart's role is generated from
 * them; there is none on Secrets.
 */
public final class Rights {

  /** What the reconcilers and the leader election do, and nothing more. */
  public static final List<Right> ALL =
      List.of(
          watched(
              "naru.dev",
              List.of("connections", "ingestionjobs", "warehouses"),
              List.of("get", "list", "watch"),
              "the resources to reconcile"),
          watched(
              "naru.dev",
              List.of("connections/status", "ingestionjobs/status", "warehouses/status"),
              List.of("patch"),
              "status is written by server-side apply; spec and metadata never are"),
          watched(
              "naru.dev",
              List.of("connections/finalizers", "ingestionjobs/finalizers"),
              List.of("update"),
              "owner references that block deletion, where the API server checks them (OpenShift)"),
          watched(
              "batch",
              List.of("cronjobs"),
              List.of("create", "delete", "get", "list", "patch", "watch"),
              "the schedule of an IngestionJob; deleted when the schedule is removed"),
          watched(
              "batch",
              List.of("jobs"),
              List.of("create", "delete", "get", "list", "patch", "watch"),
              "requested runs and probes; patch cancels a run, delete keeps the newest three"),
          watched(
              "",
              List.of("configmaps"),
              List.of("create", "delete", "get", "list", "patch", "watch"),
              "run files and probe files; read with the label app.kubernetes.io/managed-by=naru"),
          watched(
              "",
              List.of("pods"),
              List.of("list", "watch"),
              "results in termination messages, and why a pod does not start"),
          watched(
              "",
              List.of("events"),
              List.of("create", "list"),
              "says what changed; list finds the FailedMount that names a missing Secret or key"),
          new Right(
              Scope.OWN_NAMESPACE,
              "coordination.k8s.io",
              List.of("leases"),
              List.of("create", "get", "patch", "update"),
              "leader election; renewed by patch"));

  private Rights() {}

  /** The rules of a role as YAML: an object with the lists {@code watched} and {@code own}. */
  public static String yaml() {
    return "# generated from dev.naru.operator.runtime.Rights (RightsTest with -Dnaru.golden=write); do not edit\n"
        + "watched:\n"
        + rules(Scope.WATCHED_NAMESPACES)
        + "own:\n"
        + rules(Scope.OWN_NAMESPACE);
  }

  private static String rules(Scope scope) {
    var text = new StringBuilder();
    for (var right : ALL) {
      if (right.scope() == scope) {
        text.append("# ").append(right.why()).append('\n');
        text.append("- apiGroups: [\"").append(right.group()).append("\"]\n");
        text.append("  resources: [").append(String.join(", ", right.resources())).append("]\n");
        text.append("  verbs: [").append(String.join(", ", right.verbs())).append("]\n");
      }
    }
    return text.toString();
  }

  private static Right watched(
      String group, List<String> resources, List<String> verbs, String why) {
    return new Right(Scope.WATCHED_NAMESPACES, group, resources, verbs, why);
  }
}
